package io.marquetry.content;

import static io.marquetry.content.Rendering.fields;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TemplateRefusalTest {
  private static final List<FieldDefinition> FIELDS =
      fields("t:text", "r:richtext", "u:url", "n:number", "l:list", "b:boolean", "i:image");

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          <p {{t}}>~1:4~where an attribute starts
          <p {{t}}="x">~1:4~where an attribute starts
          <p a{{t}}="x">~1:5~touching an attribute name
          <{{t}}>~1:2~right after '<'
          <p{{t}}>~1:3~inside a tag name
          </{{t}}>~1:3~inside a comment
          <p></p{{t}}>~1:7~inside a tag name
          <p a={{t}}>~1:6~without quotes
          <p a=x{{t}}>~1:7~without quotes
          <p a= {{#b}}"x"{{/b}}>~1:7~without quotes
          <!-- {{t}} -->~1:6~inside a comment
          <!x {{t}}>~1:5~inside a comment
          <?x {{t}}>~1:5~inside a comment
          <!doctype {{t}}>~1:11~inside a declaration
          <style>a{color:{{t}}}</style>~1:16~inside a style element
          <script>{{t}}</script>~1:1~a script element
          <svg><script>1</script></svg>~1:6~a script element
          </script>~1:1~a script element
          <iframe>{{t}}</iframe>~1:9~inside a iframe element
          <xmp>{{t}}</xmp>~1:6~inside a xmp element
          <p style="color:{{t}}">~1:17~inside a style attribute
          <p onclick="{{t}}">~1:13~event handler onclick
          <p ONclick=x>~1:4~event handler onclick
          <p {{#b}} onclick="x" {{/b}}>~1:11~event handler onclick
          <iframe srcdoc="{{t}}"></iframe>~1:17~attribute srcdoc
          <p nonce=a>~1:4~attribute nonce
          <base href=/>~1:1~not for components
          <mq-slot component="a"></mq-slot>~1:1~slots belong to pages
          </mq-slot>~1:1~slots belong to pages
          <svg><set attributeName=href to=javascript:x>~1:6~can rewrite links
          <svg><style>{{t}}</style></svg>~1:6~inside svg
          <svg><![CDATA[{{t}}]]></svg>~1:15~inside a declaration
          <svg>{{r}}</svg>~1:6~only stand in text content
          <a href="javascript:alert(1)">~1:4~scheme of href is not allowed
          <a href=" jAva&#115;cript:alert(1)">~1:4~makes up its scheme
          <a href="java{{t}}:alert(1)">~1:4~makes up its scheme
          <a href="{{u}}:alert(1)">~1:4~makes up its scheme
          <a href="{{t}}&colon;alert(1)">~1:4~makes up its scheme
          <a href="java{{! }}script:alert(1)">~1:4~scheme of href is not allowed
          <form action=data:text/html,x>~1:7~scheme of action is not allowed
          <a href="data:image/png;base64,AA">~1:4~scheme of href is not allowed
          <img src="data:image/svg+xml,AA">~1:6~scheme of src is not allowed
          <img srcset="a.png 1x, javascript:x 2x">~1:6~scheme of srcset is not allowed
          <a href="{{#b}}/x{{/b}}">~1:10~start of a URL
          <a href="x{{u}}">~1:11~must start the attribute value
          <a href="/x/{{u}}">~1:13~must start the attribute value
          <p title="{{r}}">~1:11~only stand in text content
          <title>{{r}}</title>~1:8~only stand in text content
          <title></ti{{t}}tle></title>~1:12~right after '<'
          a <{{#b}}/b{{/b}}>~1:4~right after '<'
          {{x}}~1:1~no field 'x' is declared
          {{#x}}{{/x}}~1:1~no field 'x' is declared
          {{.}}~1:1~needs a list section
          {{l}}~1:1~is a list
          {{t~1:1~without '}}'
          {{{t}}}~1:1~three braces
          {{t t}}~1:1~is no field name
          {{> t}}~1:1~there is no template
          {{#b}}~1:1~never closed
          {{/b}}~1:1~closes nothing
          {{#b}}{{#l}}{{/b}}{{/l}}~1:13~expected {{/l}}
          {{#b}}<p {{/b}}>~1:10~another HTML context
          <p a="{{#b}}" b="{{/b}}">~1:18~another HTML context
          <p {{#b}}a="1"></p><p {{/b}}>~1:23~another HTML context
          {{#b}}<svg>{{/b}}</svg>~1:12~another HTML context
          <title>{{#b}}</title><title>{{/b}}</title>~1:29~another HTML context
          <a href {{#b}} title {{/b}}="javascript:x">~1:28~check the quotes
          <p a="x~1:1~ends inside a tag
          <!-- x~1:5~ends inside a tag, comment
          <textarea>x~1:11~ends inside a tag, comment
          """)
  void compile_refusedTemplate_saysWhereAndWhy(String template, String where, String why) {
    assertThatThrownBy(() -> ComponentTemplate.compile(template, FIELDS))
        .isInstanceOf(TemplateException.class)
        .hasMessageStartingWith(where + ": ")
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<p>a < b {{t}} &lt;{{t}}</p>",
        "<p title=\"{{t}}\" data-x='{{n}}' class=\"a {{#b}}b{{/b}}\">{{r}}</p>",
        "<textarea>{{t}}</textarea><title>{{t}}</title>",
        "<style>a{b:c}</style><!-- plain -->{{! note }}{{t}}",
        "<svg viewBox=\"0 0 1 1\"><title>{{t}}</title><path d=\"{{t}}\"/></svg>{{r}}",
        "<a href=\"{{u}}/{{t}}:x?y\">a</a><a href=\"mailto:{{t}}\">b</a>",
        "<a href=\"{{u}}-large.jpg\">a</a><a href=\"{{t}}{{t}}\">b</a>",
        "<a href=\"/a{{#b}}/b:c{{/b}}?x={{u}}\">c</a>",
        "<img src='{{i}}' srcset='{{i}} {{n}}w, data:image/png;base64,AA 2x'>",
        "{{#l}}{{anything}}{{#deep.er}}<b>{{item.x}}</b>{{/deep.er}}{{t}}{{/l}}",
        "<iframe src=\"https://video.example/{{t}}\"></iframe>",
      })
  void compile_allowedTemplate_compiles(String template) {
    assertThat(ComponentTemplate.compile(template, FIELDS).fields()).isEqualTo(FIELDS);
  }

  @Test
  void compile_faultOnALaterLine_givesLineAndColumn() {
    assertThatThrownBy(() -> ComponentTemplate.compile("<p>\n\n  <b {{t}}>", FIELDS))
        .isInstanceOfSatisfying(
            TemplateException.class,
            e -> {
              assertThat(e.line()).isEqualTo(3);
              assertThat(e.column()).isEqualTo(6);
            });
  }

  @Test
  void compile_manyTagsInOneAttribute_isBounded() {
    String template = "<p title=\"" + "{{t}}".repeat(3000) + "\">";
    assertThatThrownBy(() -> ComponentTemplate.compile(template, FIELDS))
        .hasMessageContaining("more than 2000 template tags");
  }
}
