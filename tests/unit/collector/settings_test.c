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
