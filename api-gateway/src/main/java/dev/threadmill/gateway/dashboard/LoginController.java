package dev.threadmill.gateway.dashboard;

import dev.threadmill.gateway.dashboard.session.SessionCookie;
import dev.threadmill.gateway.dashboard.session.Sessions;
import dev.threadmill.gateway.security.Admission;
import dev.threadmill.gateway.security.Admission.TooManyException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Makes a session of a token, and ends it. */
@Controller
class LoginController {
  /** A page of ours, and nothing that a browser could read as another site's address. */
  private static final Pattern OURS = Pattern.compile("/ui/[A-Za-z0-9/?&=%._~:,+-]{0,1000}");

  private final Admission admission;
  private final Sessions sessions;
  private final CookieCsrfTokenRepository formProof;

  LoginController(Admission admission, Sessions sessions, CookieCsrfTokenRepository formProof) {
    this.admission = admission;
    this.sessions = sessions;
    this.formProof = formProof;
  }

  /**
   * @param out whether somebody comes here by signing out
   */
  @GetMapping("/ui/login")
  String ask(
      @RequestParam(defaultValue = "") String next,
      @RequestParam(defaultValue = "false") boolean out,
      Model model) {
    if (model.containsAttribute("viewer")) {
      return "redirect:" + wish(next);
    }
    model.addAttribute("next", next);
    model.addAttribute("out", out);
    return "dashboard/login";
  }

  @PostMapping("/ui/login")
  String signIn(
      @RequestParam(defaultValue = "") String token,
      @RequestParam(defaultValue = "") String next,
      HttpServletRequest request,
      HttpServletResponse response,
      Model model) {
    String problem = "This token is not known here, or it has expired or was revoked.";
    HttpStatus status = HttpStatus.UNAUTHORIZED;
    try {
      String stripped = token.strip();
      if (admission.byToken(stripped, request.getRemoteAddr()).isPresent()) {
        SessionCookie.of(request).ifPresent(sessions::end);
        SessionCookie.set(request, response, sessions.begin(stripped));
        formProof.saveToken(null, request, response);
        return "redirect:" + wish(next);
      }
    } catch (TooManyException tooMany) {
      response.setHeader("Retry-After", tooMany.retryAfter());
      problem = tooMany.problem().detail();
      status = HttpStatus.TOO_MANY_REQUESTS;
    }
    response.setStatus(status.value());
    model.addAttribute("problem", problem);
    model.addAttribute("next", next);
    model.addAttribute("out", false);
    return "dashboard/login";
  }

  @PostMapping("/ui/logout")
  String signOut(HttpServletRequest request, HttpServletResponse response) {
    SessionCookie.of(request).ifPresent(sessions::end);
    SessionCookie.clear(request, response);
    formProof.saveToken(null, request, response);
    return "redirect:/ui/login?out=true";
  }

  private static String wish(String next) {
    return OURS.matcher(next).matches() && !next.contains("//") ? next : "/";
  }
}
