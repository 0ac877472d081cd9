package dev.threadmill.core.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TemplateTest {
  private static final JsonNode CUSTOM =
      JsonMapper.builder().build().readTree("{\"plan\": \"gold\", \"seats\": 12, \"nested\": {}}");

  private static Recipient recipient(String name) {
    return new Recipient("cwc:p:1:5", "cw:p:1:9", 9L, name, null, null, "", CUSTOM, "Shop");
  }

  private static String render(String template, String name) {
    return Template.parse(template).render(recipient(name)).orElse(null);
  }

  @Test
  void fields_are_filled_and_those_without_a_value_have_their_fallback() {
    assertThat(
            render(
                "Hi {{contact.first_name}}, {{ contact.custom.seats }} seats at {{project.name}} #{{conversation.number}}",
                "Ada Lovelace"))
        .isEqualTo("Hi Ada, 12 seats at Shop #9");
    assertThat(render("Hi {{contact.name|there}}{{contact.email|}}!", " ")).isEqualTo("Hi there!");
  }

  @Test
  void a_message_with_a_hole_is_none() {
    assertThat(render("Hi {{contact.name}}", null)).isNull();
    assertThat(render("Your {{contact.custom.nested}}", "Ada")).isNull();
    assertThat(render("{{contact.identifier}}", "Ada")).isNull();
    assertThat(render("{{contact.name|}}", null)).isNull();
  }

  @Test
  void what_a_customer_calls_itself_fills_in_nothing_and_stays_on_one_line() {
    assertThat(render("Hi {{contact.name}}", "{{agent.email}}\n{% raw %} x"))
        .isEqualTo("Hi ((agent.email)) (% raw %) x");
    assertThat(render("{{contact.name}}", "😀".repeat(300)).codePointCount(0, 1)).isEqualTo(1);
    assertThat(render("{{contact.name}}", "a".repeat(500))).hasSizeLessThanOrEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{contact.nam}}",
        "{{agent.email}}",
        "{{}}",
        "{{contact.custom.}}",
        "{{contact.custom.a b}}"
      })
  void an_unknown_field_is_refused_by_name(String template) {
    assertThatThrownBy(() -> Template.parse("Hi " + template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there is no field '" + template.replaceAll("[{}]", "") + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hi {{{contact.name}}}",
        "Hi {{{contact.name|you}}",
        "Hi {{contact.name}}}",
        "{{contact.name}}}{{contact.email}}",
        "{{contact.name}}{{{contact.email}}"
      })
  void a_third_brace_that_makes_liquid_of_a_name_is_refused(String template) {
    assertThatThrownBy(() -> Template.parse(template))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no third one");
    assertThat(render("{a} {{contact.name}} {b}", "% echo agent.email %"))
        .isEqualTo("{a} % echo agent.email % {b}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{contact.name",
        "contact.name}}",
        "{% raw %}",
        "{{{{contact.name}}}}",
        " ",
        "a\0",
        "\ud800"
      })
  void what_is_no_template_is_refused(String template) {
    assertThatThrownBy(() -> Template.parse(template)).isInstanceOf(IllegalArgumentException.class);
  }
}
