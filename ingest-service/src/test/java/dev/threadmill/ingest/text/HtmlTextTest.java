package dev.threadmill.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HtmlTextTest {
  @Test
  void blocks_become_lines_and_entities_become_characters() {
    assertThat(
            HtmlText.of(
                    "<p>Dear team,</p><div>order&nbsp;&lt;77&gt;<br>is late</div><ul><li>one</li><li>two</li></ul>",
                    false)
                .strip()
                .replace('\u00a0', ' '))
        .isEqualTo("Dear team,\n\norder <77>\nis late\n- one\n- two");
  }

  @Test
  void scripts_styles_and_titles_are_no_text() {
    assertThat(
            HtmlText.of(
                "<html><head><title>t</title><style>p{}</style></head><body><script>x()</script>Hi</body></html>",
                false))
        .isEqualToIgnoringWhitespace("Hi");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<div class='gmail_quote'>old</div>",
        "<blockquote type='cite'>old</blockquote>",
        "<div id='appendonsend'></div><hr><div>old</div><p>old too</p>",
        "<div class='moz-signature'>old</div>",
        "<div class='yahoo_quoted'>old</div>"
      })
  void what_mail_programs_quote_and_sign_with_is_cut(String noise) {
    assertThat(HtmlText.of("<p>New words.</p>" + noise, true))
        .isEqualToIgnoringWhitespace("New words.");
    assertThat(HtmlText.of("<p>New words.</p>" + noise, false)).contains("old");
  }

  @Test
  void text_that_only_mentions_a_tag_is_not_html() {
    assertThat(HtmlText.looksLikeHtml("use <b> for bold")).isFalse();
    assertThat(HtmlText.looksLikeHtml("a < b and c > d")).isFalse();
    assertThat(HtmlText.looksLikeHtml("  <div>hello</div>")).isTrue();
  }
}
