package dev.threadmill.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailAndHtmlTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "On Mon, 2 Nov 2026 at 10:00, Support <s@example.com> wrote:\n> quoted",
        "On Mon, 2 Nov 2026 at 10:00, Support\n<s@example.com> wrote:\n> quoted",
        "Am Mo., 2. Nov. 2026 um 10:00 Uhr schrieb Support <s@example.com>:\n> quoted",
        "Le lun. 2 nov. 2026 à 10:00, Support <s@example.com> a écrit :\n> quoted",
        "-----Original Message-----\nFrom: Support\nquoted",
        "From: Support <s@example.com>\nSent: Monday\nTo: Ada\nquoted",
        "________________________________\nquoted",
        "-- \nAda Lovelace\nquoted",
        "> quoted"
      })
  void what_a_mail_quotes_or_signs_with_is_cut(String rest) {
    assertThat(MailText.withoutQuotes("The new part.\n\n" + rest).strip())
        .isEqualTo("The new part.");
  }

  @Test
  void a_mail_that_is_all_quote_keeps_its_text() {
    assertThat(MailText.withoutQuotes("> only\n> this")).contains("only");
  }

  @Test
  void a_sentence_that_only_begins_like_an_attribution_stays() {
    String text = "On Monday the parcel came.\nFrom: my point of view it was late.";

    assertThat(MailText.withoutQuotes(text).strip()).isEqualTo(text);
  }

  @Test
  void html_becomes_lines_of_plain_text_without_scripts_quotes_and_signatures() {
    String html =
        """
        <html><head><style>p{color:red}</style><title>x</title></head><body>
        <p>Hello&nbsp;there,</p><div>the <b>parcel</b> &lt;7&gt;<br>is late.</div>
        <ul><li>one</li><li>two</li></ul><script>alert(1)</script>
        <div class="gmail_signature">Ada</div><blockquote type="cite">quoted</blockquote>
        </body></html>
        """;

    String text = HtmlText.of(html, true);

    assertThat(text).contains("the parcel <7>\nis late.").contains("- one\n- two");
    assertThat(text).doesNotContain("quoted", "Ada", "alert", "color", "<b>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Use <br> for a new line", "a < b and c > d", "**bold** and `<p>`"})
  void text_that_mentions_a_tag_is_no_html(String text) {
    assertThat(HtmlText.looksLikeHtml(text)).isFalse();
  }
}
