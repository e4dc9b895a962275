/* `channels.named` of a configuration, and the files of its secrets. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"
#include "services/alerter/settings.h"

struct place {
    char folder[64], file[96];
    struct config config;
    struct settings settings;
    struct error err;
};

static void place_open(struct place *p) {
    *p = (struct place){.folder = "/tmp/duban-settings-XXXXXX"};
    cr_assert(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/alerter.yaml", p->folder);
}
static void place_write(struct place *p, const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    cr_assert_eq(file_write_fast(path, text, strlen(text), 0600, &p->err), ERROR_OK, "%s", p->err.message);
}
static enum error_code place_load(struct place *p, const char *channels) {
    CLEAN(buffer_finish) struct buffer text = {0};
    buffer_printf(&text, "database: x\nchannels:\n  named:\n%s\n", channels);
    place_write(p, "alerter.yaml", buffer_text(&text));
    return config_load(&p->config, &alerter_program, p->file, NULL, 0, &p->settings, &p->err);
}
static void place_close(struct place *p) {
    char command[128];
    settings_finish(&p->settings);
    config_finish(&p->config);
    snprintf(command, sizeof command, "rm -rf %s", p->folder);
    cr_assert_eq(system(command), 0);
}

Test(channel_settings, kinds_start_from_their_vendors_address_and_pace) {
    struct place p;
    place_open(&p);
    cr_assert_eq(place_load(&p, "  - {name: a, kind: wecom, key_file: a.key}\n"
                                "  - {name: b, kind: dingtalk, key_file: b.key, secret_file: b.secret, per_minute: 10}\n"
                                "  - {name: c, kind: feishu, key_file: c.key, secret_file: c.secret, jitter: 0s,"
                                " base_url: \"http://im.city.gov.cn\", allow_private: true}\n"
                                "  - {name: d, kind: command, argv: [/bin/cat, -n], timeout: 3s}\n"
                                "  - {name: e, kind: zmq, listen: \"tcp://127.0.0.1:*\", key_file: e.key, subscribers: []}"),
                 ERROR_OK, "%s", p.config.findings.count ? p.config.findings.items[0].message : p.err.message);
    const struct channel_list *list = &p.settings.courier.channels.named;
    cr_assert_eq(list->count, 5);
    cr_expect_str_eq(list->items[0].base_url, "https://qyapi.weixin.qq.com");
    cr_expect_eq(list->items[0].per_minute, 20);
    cr_expect_eq(list->items[1].per_minute, 10);
    cr_expect_eq(list->items[2].jitter_ms, 0);
    cr_expect_eq(list->items[3].argc, 2);
    cr_expect_eq(list->items[3].timeout_ms, 3000);
    cr_expect_eq(list->items[4].per_minute, 0, "no pace");
    cr_expect_eq(channel_find(&p.settings.courier.channels, "feishu", "c"), &list->items[2]);
    cr_expect_null(channel_find(&p.settings.courier.channels, "wecom", "c"), "of another kind");

    place_write(&p, "a.key", "693a91f6-7xxx\n");
    place_write(&p, "b.key", "token\r\n");
    place_write(&p, "b.secret", "SEC+/=\n");
    place_write(&p, "c.key", "hook");
    place_write(&p, "c.secret", "s");
    cr_assert_eq(settings_secrets(&p.settings, &p.err), ERROR_OK, "%s", p.err.message);
    cr_expect_str_eq(buffer_text(&list->items[0].key), "693a91f6-7xxx");
    cr_expect_str_eq(buffer_text(&list->items[1].secret), "SEC+/=");
    place_close(&p);
}

Test(channel_settings, mistakes_name_their_remedy) {
    static const struct {
        const char *channels, *finding;
    } rows[] = {
        {"  - {name: a, kind: wechat, key_file: k}", "wecom"},
        {"  - {name: a, kind: webhook}", "table of contacts"},
        {"  - {name: a, kind: dingtalk, key_file: k}", "secret_file"},
        {"  - {name: a, kind: wecom}", "key_file"},
        {"  - {name: a, kind: wecom, key_file: k, base_url: \"http://x\"}", "https"},
        {"  - {name: a, kind: wecom, key_file: k, base_url: \"file:///etc\"}", "base_url"},
        {"  - {name: \"https://x\", kind: wecom, key_file: k}", "name"},
        {"  - {name: a, kind: command, argv: [cat]}", "absolute path"},
        {"  - {name: a, kind: zmq, listen: 5559, key_file: k, subscribers: []}", "tcp://"},
        {"  - {name: a, kind: wecom, key_file: k, secret: abc}", "secret"},
        {"  - {name: a, kind: wecom, key_file: k, timeout: 1h}", "timeout"},
        {"  - {name: a, kind: wecom, key_file: k}\n  - {name: a, kind: wecom, key_file: k}", "two channels"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct place p;
        place_open(&p);
        cr_expect_eq(place_load(&p, rows[i].channels), ERROR_INPUT, "%s", rows[i].channels);
        bool found = false;
        for (size_t f = 0; f < p.config.findings.count; f++)
            found = found || strstr(p.config.findings.items[f].message, rows[i].finding);
        cr_expect(found, "%s: %s", rows[i].channels, p.config.findings.count ? p.config.findings.items[0].message : "");
        place_close(&p);
    }
}

/* People paste the whole address; what is in it must not come back in the error. */
Test(channel_settings, a_key_that_is_an_address_is_refused_without_repeating_it) {
    struct place p;
    place_open(&p);
    cr_assert_eq(place_load(&p, "  - {name: a, kind: wecom, key_file: a.key}"), ERROR_OK);
    place_write(&p, "a.key", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=TOPSECRET\n");
    cr_assert_eq(settings_secrets(&p.settings, &p.err), ERROR_INPUT);
    cr_expect(strstr(p.err.message, "a.key"), "%s", p.err.message);
    cr_expect_null(strstr(p.err.message, "TOPSECRET"));
    place_close(&p);
}

Test(channel_settings, the_table_is_sound_and_the_sample_reads_back) {
    CLEAN(buffer_finish) struct buffer text = {0};
    CLEAN(buffer_finish) struct buffer bare = {0};
    const struct config_field *unsound = config_unsound(&alerter_program);
    cr_expect_null(unsound, "%s", unsound ? unsound->key : "");
    config_sample(&alerter_program, LANG_EN, &text);
    for (const char *line = buffer_text(&text); *line;) { /* with every key uncommented; what is left are the words */
        size_t len = strcspn(line, "\n"), spaces = strspn(line, " ");
        const char *at = line + spaces, *rest = at + 2;
        size_t word = strspn(rest, "abcdefghijklmnopqrstuvwxyz_");
        bool key = at[0] == '#' && ((word > 0 && rest[word] == ':') || strncmp(rest, "- ", 2) == 0 ||
                                    strncmp(rest, "  ", 2) == 0);
        if (key) buffer_printf(&bare, "%.*s%.*s\n", (int)spaces, line, (int)(len - spaces - 2), rest);
        else if (at[0] != '#') buffer_printf(&bare, "%.*s\n", (int)len, line);
        line += len + (line[len] == '\n');
    }
    struct place p;
    place_open(&p);
    place_write(&p, "alerter.yaml", buffer_text(&bare));
    enum error_code code = config_load(&p.config, &alerter_program, p.file, NULL, 0, &p.settings, &p.err);
    cr_expect_eq(code, ERROR_OK, "%s: %s\n%s", p.config.findings.count ? p.config.findings.items[0].place : "",
                 p.config.findings.count ? p.config.findings.items[0].message : p.err.message, buffer_text(&bare));
    place_close(&p);
}
