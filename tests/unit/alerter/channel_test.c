/* What leaves on each channel. The signature's expected value was computed with openssl dgst -sha256 -hmac. */
#include "services/alerter/channel.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "common/base/cleanup.h"

static struct delivery sample(void) {
    static char key[] = "k1", number[] = "D21-1009-02", recipient[] = "area:510822", programme[] = "test",
                line[] = "【滞后】青川 直连道路 31/62公里 应达46.5 慢92天", body[] = "【滞后】青川\n第二行",
                channel[] = "webhook", address[] = "http://127.0.0.1/x",
                facts[] = "[{\"item\":1,\"rule\":\"slipping\",\"step\":\"yellow\",\"key\":\"a\",\"target\":\"T06.1\","
                          "\"area\":\"510822\",\"stream\":null,\"opened_at\":\"2021-10-08T10:01:00+08:00\","
                          "\"line\":\"L\",\"resolved\":false}]";
    struct delivery d = {.channel = channel, .address = address, .key = key, .number = number, .recipient = recipient,
                         .first_line = line, .body = body, .facts = facts, .programme = programme};
    cr_assert(instant_parse("2021-10-09T08:30:00+08:00", 25, &d.rendered_at));
    return d;
}

Test(channel, webhook_is_alertmanagers_version_4) {
    struct delivery d = sample();
    CLEAN(buffer_finish) struct buffer body = {0};
    cr_assert(webhook_body(&d, &body));
    json_t *json = json_loads(buffer_text(&body), 0, NULL);
    cr_assert(json);
    cr_assert_str_eq(json_string_value(json_object_get(json, "version")), "4");
    cr_assert_str_eq(json_string_value(json_object_get(json, "status")), "firing");
    cr_assert_str_eq(json_string_value(json_object_get(json, "receiver")), "area:510822");
    json_t *alert = json_array_get(json_object_get(json, "alerts"), 0);
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(alert, "labels"), "alertname")), "slipping");
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(alert, "labels"), "target")), "T06.1");
    cr_assert_str_eq(json_string_value(json_object_get(json_object_get(alert, "annotations"), "summary")), "L");
    cr_assert_str_eq(json_string_value(json_object_get(alert, "startsAt")), "2021-10-08T10:01:00+08:00");
    cr_assert_str_eq(json_string_value(json_object_get(alert, "endsAt")), "0001-01-01T00:00:00Z");
    cr_assert(strstr(buffer_text(&body), "滞后"), "UTF-8, not \\u escapes");
    json_decref(json);
}

Test(channel, signature) {
    CLEAN(buffer_finish) struct buffer secret = {0}, body = {0};
    char out[128];
    buffer_add_text(&secret, "SECtest-duban-0001");
    buffer_add_text(&body, "{\"a\":1}");
    webhook_signature(&secret, (struct instant){1640995200000}, &body, out);
    cr_assert_str_eq(out, "t=1640995200,v1=74df487da3ecbf48411134e33b9826a429e645b351f3e955d286feef918319aa");
}

Test(channel, private_addresses) {
    static const struct {
        const char *address;
        bool private;
    } rows[] = {
        {"127.0.0.1", true},  {"10.1.2.3", true},        {"172.16.0.1", true},   {"172.32.0.1", false},
        {"192.168.9.9", true}, {"169.254.169.254", true}, {"100.64.0.1", true},   {"0.0.0.0", true},
        {"8.8.8.8", false},   {"223.5.5.5", false},      {"224.0.0.1", true},    {"255.255.255.255", true},
        {"::1", true},        {"::", true},              {"fe80::1", true},      {"fd00::1", true},
        {"ff02::1", true},    {"2400:3200::1", false},   {"::ffff:127.0.0.1", true}, {"::ffff:8.8.8.8", false},
        {"64:ff9b::a00:1", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        const struct sockaddr *address;
        if (inet_pton(AF_INET, rows[i].address, &v4.sin_addr) == 1) {
            address = (const struct sockaddr *)&v4;
        } else {
            cr_assert_eq(inet_pton(AF_INET6, rows[i].address, &v6.sin6_addr), 1);
            address = (const struct sockaddr *)&v6;
        }
        cr_assert_eq(address_is_private(address), rows[i].private, "%s", rows[i].address);
    }
}

Test(channel, webhook_addresses_that_never_work) {
    static const char *const wrong[] = {"file:///etc/passwd", "ftp://x/y", "gopher://x", "", "nonsense"};
    struct channel_settings settings = {.webhook_timeout_ms = 1000};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct delivery d = sample();
        struct error err = {0};
        struct channel_transfer transfer;
        AUTO_FREE char *address = strdup(wrong[i]);
        d.address = address;
        cr_assert_eq(channel_webhook(&settings, &d, d.rendered_at, &transfer, &err), ERROR_INPUT, "%s", wrong[i]);
        channel_transfer_finish(&transfer);
    }
}

Test(channel, mail) {
    struct channel_settings settings = {.email_from = "duban@example.org"};
    struct delivery d = sample();
    static char address[] = "it@example.org";
    d.address = address;
    CLEAN(buffer_finish) struct buffer out = {0};
    cr_assert(email_message(&settings, &d, d.rendered_at, &out));
    const char *text = buffer_text(&out);
    cr_assert(strstr(text, "To: <it@example.org>\r\n"));
    cr_assert(strstr(text, "Message-ID: <k1@duban>\r\n"));
    cr_assert(strstr(text, "Date: Sat, 9 Oct 2021 08:30:00 +0800\r\n"));
    cr_assert(strstr(text, "Subject: =?UTF-8?B?44CQ5rue5ZCO44CR"), "begins with the state");
    for (const char *line = text; *line;) {
        size_t len = strcspn(line, "\r");
        cr_assert_leq(len, 76, "%.*s", (int)len, line);
        line += len + 2;
    }
}

Test(channel, mail_addresses) {
    static const struct {
        const char *address;
        bool fits;
    } rows[] = {
        {"a@b.cn", true}, {"a", false}, {"@b", false}, {"a@", false}, {"a@b@c", false}, {"a@b\r\nRCPT TO:<x@y>", false},
        {"a b@c", false}, {"<a@b>", false}, {"a@b,c", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_assert_eq(email_address_fits(rows[i].address), rows[i].fits, "%s", rows[i].address);
}
