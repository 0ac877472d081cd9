package dev.threadmill.e2e.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Somebody at a browser, who also looks into its console and at the page with axe. */
final class Visitor implements AutoCloseable {
  private static final Path SCREENSHOTS =
      Path.of(System.getProperty("threadmill.root"), "e2e-tests", "target", "screenshots");
  private static final int WIDE = 1600;
  private static final int[] WIDTHS = {360, WIDE};
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** It warns at each start of a protocol that nobody uses here. */
  private static final Logger QUIET = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;
  private final String base;
  private final String axe;

  private Visitor(ChromeDriver driver, String base, String axe) {
    this.driver = driver;
    this.base = base;
    this.axe = axe;
  }

  /**
   * @param profile an empty folder
   */
  static Visitor start(BrowserPrograms programs, String base, Path profile) {
    QUIET.setLevel(Level.SEVERE);
    var options = new ChromeOptions();
    options.setBinary(programs.browser().toFile());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--lang=en",
        "--user-data-dir=" + profile);
    var logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    options.setCapability("goog:loggingPrefs", logs);
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(programs.driver().toFile())
            .usingAnyFreePort()
            .build();
    return new Visitor(new ChromeDriver(service, options), base, axeScript());
  }

  private static String axeScript() {
    String name = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";
    try (var script = Visitor.class.getResourceAsStream(name)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  void open(String path) {
    driver.get(base + path);
  }

  String path() {
    return driver.getCurrentUrl().substring(base.length());
  }

  /** The first such element, as soon as there is one. */
  WebElement see(String css) {
    return waiting()
        .until(() -> driver.findElements(By.cssSelector(css)), all -> !all.isEmpty())
        .getFirst();
  }

  boolean sees(String css) {
    return !driver.findElements(By.cssSelector(css)).isEmpty();
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  /** Its text as it is shown, also where the element is being replaced at this moment. */
  String text(String css) {
    return waiting()
        .ignoreExceptionsInstanceOf(WebDriverException.class)
        .until(() -> driver.findElement(By.cssSelector(css)).getText(), text -> text != null);
  }

  long number(String css) {
    return Long.parseLong(text(css).replaceAll("[^0-9]", ""));
  }

  void click(String css) {
    see(css).click();
  }

  void clickText(String element, String text) {
    String path = "//" + element + "[normalize-space()='" + text + "']";
    waiting()
        .until(() -> driver.findElements(By.xpath(path)), all -> !all.isEmpty())
        .getFirst()
        .click();
  }

  WebElement element(String xpath) {
    return driver.findElement(By.xpath(xpath));
  }

  void choose(String css, String value) {
    see(css + " option[value='" + value + "']").click();
  }

  void press(CharSequence key) {
    driver.switchTo().activeElement().sendKeys(key);
  }

  String focused() {
    return driver.switchTo().activeElement().getText();
  }

  void type(String css, String text) {
    WebElement field = see(css);
    field.clear();
    field.sendKeys(text);
  }

  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  ConditionFactory waiting() {
    return Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
  }

  /**
   * Looks at the page that is open: console, axe, and how it looks at two widths in both themes.
   */
  void inspect(String name) {
    assertThat(complaints()).as("console of " + name).isEmpty();
    for (String theme : List.of("light", "dark")) {
      theme(theme);
      for (int width : WIDTHS) {
        driver.manage().window().setSize(new Dimension(width, 900));
        device(width, 900);
        assertThat(
                (Boolean)
                    driver.executeScript(
                        "return document.documentElement.scrollWidth <= window.innerWidth"))
            .as("%s fits into %d px", name, width)
            .isTrue();
        if (theme.equals("light") == (width == WIDE)) {
          // Each theme and each width once.
          assertThat(findings()).as("axe on %s, %s, %d px".formatted(name, theme, width)).isEmpty();
        }
        picture("%s-%d-%s".formatted(name, width, theme));
      }
    }
    theme("light");
    assertThat(complaints()).as("console of " + name).isEmpty();
  }

  /** What the console has of errors, among them each refusal by the content policy. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.SEVERE.intValue())
        .map(Object::toString)
        .toList();
  }

  @SuppressWarnings("unchecked")
  private List<String> findings() {
    driver.executeScript(axe);
    var found =
        (List<Map<String, Object>>)
            driver.executeAsyncScript(
                """
                const done = arguments[arguments.length - 1];
                axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations.map((one) => ({
                  impact: one.impact, text: one.id + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; ')
                }))));
                """);
    return found.stream()
        .filter(one -> List.of("serious", "critical").contains(one.get("impact")))
        .map(one -> String.valueOf(one.get("text")))
        .toList();
  }

  private void theme(String name) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", name))));
  }

  private void device(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  private void picture(String name) {
    String data =
        (String)
            driver
                .executeCdpCommand(
                    "Page.captureScreenshot",
                    Map.of("format", "png", "captureBeyondViewport", true))
                .get("data");
    try {
      Files.createDirectories(SCREENSHOTS);
      Files.write(SCREENSHOTS.resolve(name + ".png"), Base64.getDecoder().decode(data));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
