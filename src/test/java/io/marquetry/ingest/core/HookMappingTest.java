package io.marquetry.ingest.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.marquetry.platform.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mappings of webhooks: those we ship on bodies of the providers' formats, and the language. */
class HookMappingTest {
  /** JSON with single quotes. */
  private static Map<String, Object> json(String text) {
    return Json.readOwn(text.replace('\'', '"'));
  }

  private static HookMapping shipped(String provider) {
    try (var in = HookMapping.class.getResourceAsStream("/hooks/" + provider + ".json")) {
      return new HookMapping(provider, Json.readOwn(Objects.requireNonNull(in).readAllBytes()));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Map<String, Object> call(HookMapping mapping, String event) {
    var translation = mapping.translate(json(event));
    assertThat(translation).isInstanceOf(Translation.Call.class);
    return ((Translation.Call) Objects.requireNonNull(translation)).json();
  }

  // ---- SendGrid

  @Test
  void sendgrid_click_isALinkClickedInAMailOfThatPerson() {
    var call =
        call(
            shipped("sendgrid"),
            "{'email':'Jo@Shop.test','timestamp':1795341600,'event':'click','sg_event_id':'e1','sg_message_id':'m1.filter',"
                + "'useragent':'Firefox/1','ip':'192.0.2.1','url':'https://shop.test/sale','category':['spring'],'userId':'u'}");
    assertThat(call)
        .containsEntry("type", "track")
        .containsEntry("event", "Email Link Clicked")
        .containsEntry("messageId", "sendgrid:e1")
        .containsEntry("timestamp", "2026-11-22T10:00:00Z")
        .containsEntry("userId", "u")
        .containsEntry("anonymousId", "email:jo@shop.test")
        .containsEntry(
            "properties",
            Map.of(
                "emailId",
                "m1.filter",
                "campaign",
                List.of("spring"),
                "url",
                "https://shop.test/sale"))
        .containsEntry(
            "context",
            Map.of("library", Map.of("name", "hook-sendgrid"), "userAgent", "Firefox/1"));
    assertThat(call.toString()).doesNotContain("192.0.2.1");
  }

  @ParameterizedTest
  @CsvSource({
    "delivered, Email Delivered",
    "open, Email Opened",
    "bounce, Email Bounced",
    "dropped, Email Dropped",
    "spamreport, Email Marked as Spam",
    "unsubscribe, Unsubscribed",
    "group_unsubscribe, Unsubscribed",
    "group_resubscribe, Email Resubscribed",
  })
  void sendgrid_everyEvent_hasItsName(String event, String name) {
    assertThat(
            call(shipped("sendgrid"), "{'email':'a@b.test','event':'" + event + "','timestamp':1}"))
        .containsEntry("event", name);
  }

  @Test
  void sendgrid_body_isAListOfEventsOfWhichSomeHaveNoName() {
    var mapping = shipped("sendgrid");
    var events = mapping.events(List.of(json("{'event':'processed'}"), json("{'event':'open'}")));
    assertThat(events).hasSize(2);
    assertThat(mapping.translate(events.getFirst())).isNull();
    assertThat(mapping.translate(7L)).isInstanceOf(Translation.Unclear.class);
    assertThat(mapping.translate(json("{'event':'open','timestamp':'soon'}")))
        .isInstanceOf(Translation.Unclear.class);
  }

  // ---- Postmark

  @Test
  void postmark_open_isAMailOpened() {
    var mapping = shipped("postmark");
    var body =
        json(
            "{'RecordType':'Open','MessageStream':'outbound','FirstOpen':true,'Platform':'Desktop','UserAgent':'Firefox/1',"
                + "'MessageID':'883953f4','Metadata':{'user_id':'u','campaign':'spring'},'Tag':'welcome',"
                + "'Recipient':'Jo@Shop.test','ReceivedAt':'2026-11-22T10:00:00.1234567Z','Geo':{'IP':'192.0.2.1'}}");
    var events = mapping.events(body);
    assertThat(events).containsExactly(body);
    var call = ((Translation.Call) Objects.requireNonNull(mapping.translate(body))).json();
    assertThat(call)
        .containsEntry("event", "Email Opened")
        .containsEntry("messageId", "postmark:Open:883953f4:2026-11-22T10:00:00.1234567Z")
        .containsEntry("timestamp", "2026-11-22T10:00:00.1234567Z")
        .containsEntry("userId", "u")
        .containsEntry("anonymousId", "email:jo@shop.test")
        .containsEntry(
            "properties",
            Map.of(
                "emailId",
                "883953f4",
                "campaign",
                "spring",
                "stream",
                "outbound",
                "first",
                true,
                "platform",
                "Desktop"));
    assertThat(call.toString()).doesNotContain("192.0.2.1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "'RecordType':'Delivery','DeliveredAt':'2026-11-22T10:00:00Z','Recipient':'a@b.test' | Email Delivered",
        "'RecordType':'Click','ReceivedAt':'2026-11-22T10:00:00Z','Recipient':'a@b.test' | Email Link Clicked",
        "'RecordType':'Bounce','BouncedAt':'2026-11-22T10:00:00Z','Email':'a@b.test' | Email Bounced",
        "'RecordType':'SpamComplaint','BouncedAt':'2026-11-22T10:00:00Z','Email':'a@b.test' | Email Marked as Spam",
        "'RecordType':'SubscriptionChange','SuppressSending':true,'ChangedAt':'2026-11-22T10:00:00Z','Recipient':'a@b.test' | Unsubscribed",
        "'RecordType':'SubscriptionChange','SuppressSending':false,'ChangedAt':'2026-11-22T10:00:00Z','Recipient':'a@b.test' | Email Resubscribed",
      })
  void postmark_everyRecord_hasItsName(String fields, String name) {
    assertThat(call(shipped("postmark"), "{" + fields + ",'MessageID':'m'}"))
        .containsEntry("event", name)
        .containsEntry("anonymousId", "email:a@b.test")
        .containsEntry("timestamp", "2026-11-22T10:00:00Z");
  }

  // ---- Zendesk

  private static String zendesk(String type, String event) {
    return "{'account_id':1,'id':'z1','type':'zen:event-type:ticket."
        + type
        + "','time':'2026-11-22T10:00:00Z','zendesk_event_version':'2022-06-20','subject':'zen:ticket:5158',"
        + "'detail':{'id':'5158','requester_id':'361','status':'OPEN','priority':'HIGH','type':'question','description':'private words',"
        + "'subject':'private too','tags':['billing'],'via':{'channel':'web_service'}},'event':"
        + event
        + "}";
  }

  @Test
  void zendesk_ticketCreated_hasWhatMattersAndNoWords() {
    var call = call(shipped("zendesk"), zendesk("created", "{}"));
    assertThat(call)
        .containsEntry("event", "Ticket Created")
        .containsEntry("messageId", "zendesk:z1")
        .containsEntry("anonymousId", "zendesk:361")
        .containsEntry("timestamp", "2026-11-22T10:00:00Z")
        .containsEntry(
            "properties",
            Map.of(
                "ticketId",
                "5158",
                "status",
                "OPEN",
                "priority",
                "HIGH",
                "kind",
                "question",
                "channel",
                "web_service",
                "tags",
                List.of("billing")));
    assertThat(call.toString()).doesNotContain("private");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "status_changed | {'current':'SOLVED','previous':'OPEN'} | Ticket Solved",
        "status_changed | {'current':'CLOSED','previous':'SOLVED'} | Ticket Closed",
        "status_changed | {'current':'PENDING','previous':'OPEN'} | Ticket Status Changed",
        "priority_changed | {'current':'LOW','previous':'HIGH'} | Ticket Priority Changed",
        "comment_added | {'comment':{'body':'x','author':{'is_staff':true}}} | Ticket Replied",
      })
  void zendesk_changes_haveTheirNames(String type, String event, String name) {
    assertThat(call(shipped("zendesk"), zendesk(type, event))).containsEntry("event", name);
    assertThat(shipped("zendesk").translate(json(zendesk("tags_changed", "{}")))).isNull();
  }

  // ---- Intercom

  private static String intercom(String topic) {
    return "{'type':'notification_event','app_id':'a','id':'notif_1','topic':'"
        + topic
        + "','created_at':1795341600,'delivery_attempts':1,'data':{'type':'notification_event_data','item':{'type':'conversation',"
        + "'id':'147','state':'open','priority':'priority','source':{'type':'email','body':'private words'},"
        + "'conversation_rating':{'rating':5},'contacts':{'type':'contact.list','contacts':[{'id':'c1','external_id':'u'}]}}}}";
  }

  @ParameterizedTest
  @CsvSource({
    "conversation.user.created, Ticket Created",
    "conversation.user.replied, Ticket Replied",
    "conversation.admin.replied, Ticket Replied",
    "conversation.admin.closed, Ticket Closed",
    "conversation.admin.opened, Ticket Reopened",
    "conversation.rating.added, Ticket Rated",
  })
  void intercom_topics_haveTheirNames(String topic, String name) {
    var call = call(shipped("intercom"), intercom(topic));
    assertThat(call)
        .containsEntry("event", name)
        .containsEntry("messageId", "intercom:notif_1")
        .containsEntry("userId", "u")
        .containsEntry("anonymousId", "intercom:c1")
        .containsEntry("timestamp", "2026-11-22T10:00:00Z");
    assertThat(call.toString()).contains("ticketId=147").doesNotContain("private");
    assertThat(shipped("intercom").translate(json("{'topic':'ping'}"))).isNull();
  }

  // ---- the language

  @Test
  void translate_ownMapping_readsWhatItIsTold() {
    var mapping =
        new HookMapping(
            "own",
            json(
                "{'events':'data.items','type':'kind','messageId':'id','userId':{'lower':'who'},"
                    + "'timestamp':{'value':'at','unit':'milliseconds'},"
                    + "'properties':{'n':'deep.1.n','fixed':{'constant':7},'none':'not.there'},"
                    + "'names':{'a':'A Happened','b':{'event':'B Happened','properties':{'x':'x'}}}}"));
    var body =
        json(
            "{'data':{'items':[{'kind':'a','id':12,'who':'JO','at':1795341600000,'deep':[0,{'n':1.5}],'x':1},{'kind':'c'}]}}");
    var events = mapping.events(body);
    assertThat(events).hasSize(2);
    var call = ((Translation.Call) Objects.requireNonNull(mapping.translate(events.get(0)))).json();
    assertThat(call)
        .containsEntry("event", "A Happened")
        .containsEntry("messageId", "own:12")
        .containsEntry("userId", "jo")
        .containsEntry("timestamp", "2026-11-22T10:00:00Z")
        .containsEntry("properties", Map.of("n", 1.5, "fixed", 7L));
    assertThat(mapping.translate(events.get(1))).isNull();
    assertThat(mapping.events(json("{'data':7}"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'names':{'a':'A'}} | type must be",
        "{'type':'t'} | names must be an object",
        "{'type':'t','names':{}} | at least one",
        "{'type':'t','names':{'a':7}} | names.a must be",
        "{'type':'t','names':{'a':{'event':'A','other':1}}} | names.a.other is unknown",
        "{'type':'t','names':{'a':'A'},'colour':1} | colour is unknown",
        "{'type':'t','names':{'a':'A'},'userId':{'upper':'x'}} | userId.upper is none of",
        "{'type':'t','names':{'a':'A'},'userId':['x',{'join':[7]}]} | userId[1].join[0] must be",
        "{'type':'t','names':{'a':'A'},'timestamp':{'value':'x','unit':'days'}} | timestamp.unit must be",
        "{'type':'t','names':{'a':'A'},'signature':{'scheme':'rot13','header':'x','encoding':'hex'}} | signature.scheme must be",
        "{'type':'t','names':{'a':'A'},'signature':{'scheme':'hmac-sha1','header':'x','encoding':'morse'}} | signature.encoding",
        "{'type':'t','names':{'a':'A'},'signature':{'scheme':'hmac-sha1','encoding':'hex'}} | signature.header is missing",
      })
  void read_wrongMapping_saysWhatAndWhere(String mapping, String problem) {
    assertThatThrownBy(() -> new HookMapping("own", json(mapping)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"intercom", "postmark", "sendgrid", "zendesk"})
  void shipped_anyEvent_isTranslatedRefusedOrPassedOver(String provider) {
    var mapping = shipped(provider);
    for (var event :
        List.of(
            "{}", "{'type':[],'event':{},'topic':7,'RecordType':null}", "{'detail':7,'data':[]}")) {
      assertThat(mapping.translate(json(event))).isNull();
    }
    assertThat(mapping.events(null)).isEmpty();
    assertThat(mapping.events("x")).hasSize(1);
  }
}
