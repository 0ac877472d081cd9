package dev.threadmill.ingest.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "On Tue, 3 Nov 2026 at 10:11, Support <help@example.com> wrote:",
        "Am 03.11.2026 um 10:11 schrieb Support <help@example.com>:",
        "Le mar. 3 nov. 2026 à 10:11, Support <help@example.com> a écrit :",
        "El mar, 3 nov 2026 a las 10:11, Soporte (<help@example.com>) escribió:",
        "Em ter., 3 de nov. de 2026 às 10:11, Suporte <help@example.com> escreveu:",
        "-----Original Message-----",
        "---------- Forwarded message ---------",
        "________________________________"
      })
  void what_follows_the_line_that_begins_a_quote_is_cut(String begins) {
    assertThat(MailText.withoutQuotes("It works now.\n\n" + begins + "\nDid you restart it?\n"))
        .isEqualToIgnoringWhitespace("It works now.");
  }

  @Test
  void an_attribution_that_is_wrapped_into_two_lines_is_known_too() {
    assertThat(
            MailText.withoutQuotes(
                "Thanks!\nOn Tue, 3 Nov 2026 at 10:11, Support of Example\n<help@example.com> wrote:\n> Hello"))
        .isEqualToIgnoringWhitespace("Thanks!");
  }

  @Test
  void answers_between_and_below_marked_lines_stay() {
    assertThat(
            MailText.withoutQuotes(
                """
                Hello,
                On Tue, 3 Nov 2026 at 10:11, Support of Example
                <help@example.com> wrote:

                > On Mon, 2 Nov 2026 at 09:00, I wrote:
                >> It broke.
                > Did you restart it?
                Yes, twice.
                > Is it plugged in?

                It is. What now?
                --
                Head of Everything
                """))
        .isEqualToIgnoringWhitespace("Hello,\nYes, twice.\n\nIt is. What now?");
  }

  @Test
  void an_answer_below_the_quoted_mail_stays() {
    assertThat(
            MailText.withoutQuotes(
                "Am 03.11.2026 um 10:11 schrieb Support <help@example.com>:\n> Läuft es wieder?\n\nNein."))
        .isEqualToIgnoringWhitespace("Nein.");
  }

  @Test
  void what_follows_an_attribution_without_marks_is_cut_also_below_marked_lines() {
    assertThat(
            MailText.withoutQuotes(
                "> Is it plugged in?\nYes.\nOn Tue, 3 Nov 2026 at 10:11, Support <help@example.com> wrote:\n\nIs it?\n> Hm"))
        .isEqualToIgnoringWhitespace("Yes.");
  }

  @Test
  void the_header_that_outlook_puts_before_a_quote_begins_it() {
    assertThat(
            MailText.withoutQuotes(
                "Please call me.\nFrom: Support\nSent: Tuesday\nTo: Me\nSubject: Hello\nold text"))
        .isEqualToIgnoringWhitespace("Please call me.");
  }

  @Test
  void a_signature_is_cut_at_its_delimiter() {
    assertThat(MailText.withoutQuotes("See you.\n-- \nHead of Everything\nExample Ltd"))
        .isEqualToIgnoringWhitespace("See you.");
  }

  @Test
  void a_sentence_that_only_begins_like_a_header_stays() {
    String text = "From: my point of view this is a bug.\nOn the page I wrote about it is gone.\n";

    assertThat(MailText.withoutQuotes(text)).isEqualToIgnoringWhitespace(text);
  }

  @Test
  void a_mail_that_is_nothing_but_a_quote_stays_whole() {
    String text = "---------- Forwarded message ---------\nThe invoice is attached.";

    assertThat(MailText.withoutQuotes(text)).isEqualTo(text);
  }
}
