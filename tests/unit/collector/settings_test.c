#include "services/collector/settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/base/file.h"

#define KEY "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define HEAD                                                                                                           \
    "stream: a\nunit: 青川县\nserver: [{address: \"tcp://127.0.0.1:5557\", key: \"" KEY                                \
    "\"}]\nkey: k\ncatalogue: c.json\nspool: s.sqlite\n"

struct read {
    char folder[64];
    struct config config;
    struct settings settings;
    enum error_code code;
    struct error err;
};

/* In place: settings point into themselves. */
static void load(struct read *out, const char *text, const char *mapping) {
    *out = (struct read){.folder = "/tmp/duban-settings-XXXXXX"};
    char path[128];
    cr_assert_not_null(mkdtemp(out->folder));
    snprintf(path, sizeof path, "%s/m.yaml", out->folder);
    cr_assert_eq(file_write(path, mapping, strlen(mapping), 0600, &out->err), ERROR_OK);
    snprintf(path, sizeof path, "%s/c.yaml", out->folder);
    cr_assert_eq(file_write(path, text, strlen(text), 0600, &out->err), ERROR_OK);
    out->code = config_load(&out->config, &settings_program, path, NULL, 0, &out->settings, &out->err);
}

static void load_finish(struct read *read) {
    char command[128];
    settings_finish(&read->settings);
    config_finish(&read->config);
    snprintf(command, sizeof command, "rm -rf %s", read->folder);
    cr_assert_eq(system(command), 0);
}

Test(settings, a_full_configuration) {
    struct read r;
    load(&r,
         HEAD "sources:\n  - {name: 报表, folder: inbox, rejected: back, on_behalf: true, quiet: 5min, mapping: {unit: "
              "plan}}\n"
              "  - {name: 二, folder: /srv/share, mapping: m.yaml}\n",
         "columns: {value: 累计}\n");
    cr_assert_eq(r.code, ERROR_OK, "%s", r.err.message);
    char wanted[128];
    snprintf(wanted, sizeof wanted, "%s/inbox", r.folder);
    cr_assert_eq(r.settings.sources.count, 2);
    const struct source_settings *one = settings_source(&r.settings, NULL), *two = settings_source(&r.settings, "二");
    cr_expect_str_eq(one->folder, wanted);
    cr_expect_eq(one->quiet_ms, 300000);
    cr_expect(one->on_behalf && one->mapping.unit_of_plan);
    cr_expect_str_eq(two->folder, "/srv/share");
    cr_expect_null(two->rejected);
    cr_expect_eq(two->quiet_ms, 60000);
    cr_expect_str_eq(mapping_name(&two->mapping, FIELD_VALUE), "累计");
    cr_expect_null(settings_source(&r.settings, "三"));
    cr_expect_str_eq(r.settings.servers.items[0].key, KEY);
    load_finish(&r);
}

Test(settings, what_is_wrong_is_said_all_at_once) {
    struct read r;
    load(&r,
         "stream: a\nunit: 青川县\nserver: [{address: nowhere, key: short}]\nkey: k\ncatalogue: c.json\nspool: "
         "s.sqlite\n"
         "sources:\n  - {name: a, folder: x, quiet: soon, mapping: {layout: wide}}\n  - {name: a, foldr: y, mapping: "
         "m.yaml}\n",
         "colums: {}\n");
    cr_assert_eq(r.code, ERROR_INPUT);
    /* address, key, quiet, layout, folder missing, foldr unknown, a twice, colums in the other file */
    cr_expect_geq(r.config.findings.errors, 8);
    bool other_file = false;
    for (size_t i = 0; i < r.config.findings.count; i++)
        other_file |= strstr(r.config.findings.items[i].place, "m.yaml:1") != NULL;
    cr_expect(other_file, "findings name the mapping's own file");
    load_finish(&r);
}

Test(settings, the_sample_is_a_configuration) {
    struct buffer sample = {0};
    config_sample(&settings_program, LANG_ZH, &sample);
    struct read r;
    load(&r, buffer_text(&sample), "{}");
    cr_expect_eq(r.code, ERROR_OK, "%s %s", r.err.place, r.err.message);
    load_finish(&r);
    buffer_finish(&sample);
}

Test(settings, sources_of_every_kind) {
    struct read r;
    load(&r,
         HEAD "http: {body: 1MiB, patience: 5s}\nsources:\n"
              "  - {name: 一, folder: inbox}\n"
              "  - {name: 二, source: http, http: {token: t}, rejected: back, mapping: {unit: 人}}\n"
              "  - {name: 三, source: zmq, rejected: back, zmq: {listen: \"tcp://*:5600\", keys: \"" KEY "\"}}\n"
              "  - {name: 四, source: stdin}\n",
         "{}\n");
    cr_assert_eq(r.code, ERROR_OK, "%s", r.err.message);
    static const enum source_kind kinds[] = {SOURCE_FOLDER, SOURCE_HTTP, SOURCE_ZMQ, SOURCE_STDIN};
    char wanted[128];
    snprintf(wanted, sizeof wanted, "%s/t", r.folder);
    cr_assert_eq(r.settings.sources.count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_expect_eq(r.settings.sources.items[i].kind, kinds[i]);
    cr_expect_str_eq(r.settings.sources.items[1].http.token, wanted);
    cr_expect_str_eq(r.settings.sources.items[1].mapping.unit, "人");
    cr_expect_str_eq(r.settings.sources.items[2].zmq.listen, "tcp://*:5600");
    cr_assert_eq(r.settings.sources.items[2].zmq.key_count, 1);
    cr_expect_str_eq(r.settings.sources.items[2].zmq.keys[0], KEY);
    cr_expect_null(r.settings.sources.items[3].rejected);
    cr_expect_str_eq(r.settings.http.listen, "127.0.0.1:8610");
    cr_expect_eq(r.settings.http.body_bytes, 1 << 20);
    cr_expect_eq(r.settings.http.patience_ms, 5000);
    cr_expect_str_eq(source_kind_word(SOURCE_ZMQ), "zmq");
    load_finish(&r);
}

/* One source, and words of what is wrong with it. */
Test(settings, a_source_has_what_its_kind_needs_and_nothing_else) {
    static const struct {
        const char *source, *words;
    } rows[] = {
        {"{name: a, source: ftp}", "ftp"},
        {"{name: a}", "folder"},
        {"{name: a, source: http, folder: inbox}", "folder"},
        {"{name: a/b, source: http}", "without /"},
        {"{name: .a, source: stdin}", "dot"},
        {"{name: \"一二三四五六七八九十一二三四五六七八九十一\", source: http}", "60 bytes"},
        {"{name: a, source: http, http: {tokn: x}}", "tokn"},
        {"{name: a, source: zmq, zmq: {listen: \"tcp://*:1\", keys: [\"" KEY "\"]}}", "rejected"},
        {"{name: a, source: zmq, rejected: b}", "zmq"},
        {"{name: a, source: zmq, rejected: b, zmq: {listen: \"*:1\", keys: [\"" KEY "\"]}}", "listen"},
        {"{name: a, source: zmq, rejected: b, zmq: {listen: \"tcp://*:1\", keys: [short]}}", "keys"},
        {"{name: a, source: zmq, rejected: b, zmq: {listen: \"tcp://*:1\"}}", "keys"},
        {"{name: a, source: sql}", "sql"},
        {"{name: a, source: stdin, quiet: 5s}", "quiet"},
        {"{name: a, source: stdin, mapping: {as_of: mtime}}", "mtime"},
        {"{name: a, source: zmq, rejected: b, zmq: {listen: \"tcp://*:1\", keys: [\"" KEY
         "\"]}, mapping: {as_of: {file: "
         "\"{yyyy}\"}}}",
         "no name"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct read r;
        char text[1024];
        bool said = false;
        snprintf(text, sizeof text, "%ssources:\n  - %s\n", HEAD, rows[i].source);
        load(&r, text, "{}\n");
        cr_expect_eq(r.code, ERROR_INPUT, "%s", rows[i].source);
        for (size_t k = 0; k < r.config.findings.count; k++)
            said |= strstr(r.config.findings.items[k].message, rows[i].words) != NULL;
        cr_expect(said, "%s: %s", rows[i].source, r.err.message);
        load_finish(&r);
    }
}

Test(settings, other_machines_need_tls_and_tokens) {
    struct read r;
    load(&r, HEAD "http: {listen: \"0.0.0.0:8610\"}\nsources: [{name: a, source: http}]\n", "{}\n");
    cr_expect_eq(r.code, ERROR_INPUT);
    load_finish(&r);
    /* nobody knocks there: no matter what it says */
    load(&r, HEAD "http: {listen: \"0.0.0.0:8610\"}\nsources: [{name: a, folder: inbox}]\n", "{}\n");
    cr_expect_eq(r.code, ERROR_OK, "%s", r.err.message);
    load_finish(&r);
}
