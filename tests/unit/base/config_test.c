#include "common/base/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/cleanup.h"
#include "common/base/file.h"

struct sample {
    const char *name, *key_file;
    int64_t batch, heartbeat, bytes;
    bool color;
    int mode;
    struct config_texts areas;
    int64_t feeds;
};

static const struct word modes[] = {{"real", 1}, {"rehearsal", 2}, {NULL, 0}};

static void read_feeds(struct config *config, struct yaml_node *node, void *slot) {
    int64_t *count = slot;
    *count = 0;
    if (!node || !yaml_as_list(&config->doc, node, "feeds")) return;
    for (size_t i = 0; i < node->count; i++) {
        const char *path;
        if (yaml_get_text(&config->doc, &node->items[i], "path", YAML_REQUIRED, &path)) (*count)++;
        yaml_no_others(&config->doc, &node->items[i]);
    }
}

#define AT(field) offsetof(struct sample, field)
static const struct config_field fields[] = {
    {.key = "name",
     .type = CONFIG_TEXT,
     .offset = AT(name),
     .required = true,
     .sample = "wangcang: 1",
     .help = "the name",
     .help_zh = "名称"},
    {.key = "uplink.key_file",
     .type = CONFIG_PATH,
     .offset = AT(key_file),
     .fallback = "keys/agent",
     .help = "the key",
     .help_zh = "密钥"},
    {.key = "uplink.heartbeat",
     .type = CONFIG_DURATION,
     .offset = AT(heartbeat),
     .fallback = "10s",
     .min = 1000,
     .max = 60000,
     .help = "how often",
     .help_zh = "间隔"},
    {.key = "uplink.batch",
     .type = CONFIG_INT,
     .offset = AT(batch),
     .fallback = "500",
     .min = 1,
     .max = 10000,
     .help = "events",
     .help_zh = "条数"},
    {.key = "limits.bytes",
     .type = CONFIG_SIZE,
     .offset = AT(bytes),
     .fallback = "4MiB",
     .help = "a|b",
     .help_zh = "大小"},
    {.key = "color",
     .type = CONFIG_BOOL,
     .offset = AT(color),
     .fallback = "true",
     .help = "colours",
     .help_zh = "颜色"},
    {.key = "mode",
     .type = CONFIG_WORD,
     .offset = AT(mode),
     .fallback = "real",
     .words = modes,
     .help = "which",
     .help_zh = "方式"},
    {.key = "areas",
     .type = CONFIG_TEXTS,
     .offset = AT(areas),
     .fallback = "510821, 510822",
     .help = "areas",
     .help_zh = "地区"},
    {.key = "feeds",
     .type = CONFIG_NODE,
     .offset = AT(feeds),
     .read = read_feeds,
     .sample = "- path: a.csv",
     .help = "feeds",
     .help_zh = "来源"},
};
static const struct config_program program = {.name = "duban-sample",
                                              .summary = "a sample",
                                              .summary_zh = "示例",
                                              .fields = fields,
                                              .field_count = sizeof fields / sizeof fields[0],
                                              .size = sizeof(struct sample)};

static char folder[] = "/tmp/duban-config-XXXXXX";
static char file[64];

static void write_config(const char *text) {
    strcpy(folder, "/tmp/duban-config-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/c.yaml", folder);
    cr_assert_eq(file_write_fast(file, text, strlen(text), 0600, NULL), ERROR_OK);
}

static void remove_config(void) {
    unlink(file);
    rmdir(folder);
}

Test(config, defaults_fill_what_the_file_leaves_out, .fini = remove_config) {
    write_config("name: x\n");
    CLEAN(config_finish) struct config config;
    struct sample s;
    struct error err = {0};
    cr_assert_eq(config_load(&config, &program, file, NULL, 0, &s, &err), ERROR_OK, "%s", err.message);
    char key[96];
    snprintf(key, sizeof key, "%s/keys/agent", folder);
    cr_assert_str_eq(s.name, "x");
    cr_assert_str_eq(s.key_file, key);
    cr_assert_eq(s.heartbeat, 10000);
    cr_assert_eq(s.batch, 500);
    cr_assert_eq(s.bytes, 4 << 20);
    cr_assert(s.color);
    cr_assert_eq(s.mode, 1);
    cr_assert_eq(s.areas.count, 2u);
    cr_assert_str_eq(s.areas.items[1], "510822");
    cr_assert_eq(s.feeds, 0);
}

Test(config, file_and_command_line_win_in_this_order, .fini = remove_config) {
    write_config("name: 旺苍\nuplink: {key_file: ./k, heartbeat: 1min, batch: 7}\nlimits:\n  bytes: 64KiB\n"
                 "color: false\nmode: rehearsal\nareas: [a]\nfeeds:\n  - path: a.csv\n  - path: b.csv\n");
    CLEAN(config_finish) struct config config;
    struct sample s;
    struct error err = {0};
    static const struct config_override overrides[] = {{"uplink.batch", "9"}, {"areas", "p, q ,r"}, {"color", "true"}};
    cr_assert_eq(config_load(&config, &program, file, overrides, 3, &s, &err), ERROR_OK, "%s", err.message);
    char key[96];
    snprintf(key, sizeof key, "%s/k", folder);
    cr_assert_str_eq(s.key_file, key);
    cr_assert_eq(s.heartbeat, 60000);
    cr_assert_eq(s.batch, 9);
    cr_assert_eq(s.bytes, 65536);
    cr_assert(s.color);
    cr_assert_eq(s.mode, 2);
    cr_assert_eq(s.areas.count, 3u);
    cr_assert_str_eq(s.areas.items[1], "q");
    cr_assert_eq(s.feeds, 2);
    cr_assert_str_eq(config_path(&config, "/abs"), "/abs");
}

Test(config, tells_all_errors_with_their_places, .fini = remove_config) {
    write_config("nmae: x\n"
                 "uplink:\n"
                 "  heartbeat: 61s\n"
                 "  batch: 010\n"
                 "  hartbeat: 1s\n"
                 "limits: {bytes: 4MB}\n"
                 "color: yes\n"
                 "mode: rehersal\n"
                 "feeds:\n"
                 "  - pth: a\n");
    CLEAN(config_finish) struct config config;
    struct sample s;
    struct error err = {0};
    static const struct config_override overrides[] = {{"uplink.batch", "0"}, {"uplink.bacth", "1"}};
    cr_assert_eq(config_load(&config, &program, file, overrides, 2, &s, &err), ERROR_INPUT);
    static const char *const expected[][2] = {
        {":3:14", "uplink.heartbeat: \"61s\" is outside 1s to 1min"},
        {":4:10", "uplink.batch: \"010\" is not a whole number"},
        {":6:17", "limits.bytes: \"4MB\" is not a size"},
        {":7:8", "color: \"yes\" is neither true nor false"},
        {":8:7", "mode: \"rehersal\" is none of: real, rehearsal; did you mean \"rehearsal\"?"},
        {":10:5", "the key \"path\" is missing here"},
        {":10:5", "unknown key \"pth\"; did you mean \"path\"?"},
        {":1:1", "unknown key \"nmae\"; did you mean \"name\"?"},
        {":5:3", "unknown key \"hartbeat\"; did you mean \"heartbeat\"?"},
        {"--uplink.batch", "\"0\" is outside 1 to 10000"},
        {"--uplink.bacth", "unknown option; did you mean --uplink.batch?"},
        {"c.yaml", "name is missing: the name"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cr_assert_lt(i, config.findings.count);
        const struct finding *finding = &config.findings.items[i];
        cr_expect(strstr(finding->place, expected[i][0]) != NULL, "row %zu: %s", i, finding->place);
        cr_expect(strncmp(finding->message, expected[i][1], strlen(expected[i][1])) == 0, "row %zu: %s", i,
                  finding->message);
    }
    cr_assert_eq(config.findings.count, sizeof expected / sizeof expected[0]);
    cr_assert(strstr(err.place, ":3:14") != NULL);
}

Test(config, a_file_that_is_not_there_is_said) {
    CLEAN(config_finish) struct config config;
    struct sample s;
    struct error err = {0};
    cr_assert_eq(config_load(&config, &program, "/nonexistent/c.yaml", NULL, 0, &s, &err), ERROR_NOT_FOUND);
    cr_assert(strstr(err.message, "/nonexistent/c.yaml") != NULL);
}

Test(config, sample_file_is_a_valid_configuration, .fini = remove_config) {
    for (int lang = LANG_EN; lang <= LANG_ZH; lang++) {
        CLEAN(buffer_finish) struct buffer sample = {0};
        config_sample(&program, (enum lang)lang, &sample);
        write_config(buffer_text(&sample));
        CLEAN(config_finish) struct config config;
        struct sample s;
        struct error err = {0};
        cr_assert_eq(config_load(&config, &program, file, NULL, 0, &s, &err), ERROR_OK, "%s: %s\n%s", err.place,
                     err.message, buffer_text(&sample));
        cr_assert_str_eq(s.name, "wangcang: 1");
        if (lang == LANG_EN) remove_config();
    }
}

/* Takes the comment mark from every line that is a key or a list's item behind it. */
static void uncomment(const char *text, struct buffer *out) {
    while (*text) {
        size_t len = strcspn(text, "\n"), spaces = strspn(text, " ");
        const char *rest = text + spaces;
        if (strncmp(rest, "# ", 2) == 0) {
            size_t word = strspn(rest + 2, "abcdefghijklmnopqrstuvwxyz_");
            bool setting = (word > 0 && rest[2 + word] == ':') || strncmp(rest + 2, "- ", 2) == 0;
            buffer_add(out, text, spaces);
            buffer_add(out, setting ? rest + 2 : rest, len - spaces - (setting ? 2 : 0));
        } else {
            buffer_add(out, text, len);
        }
        buffer_add_char(out, '\n');
        text += len + (text[len] == '\n');
    }
}

Test(config, sample_says_the_defaults_when_uncommented, .fini = remove_config) {
    CLEAN(buffer_finish) struct buffer sample = {0};
    CLEAN(buffer_finish) struct buffer plain = {0};
    config_sample(&program, LANG_EN, &sample);
    uncomment(buffer_text(&sample), &plain);
    write_config(buffer_text(&plain));
    CLEAN(config_finish) struct config config;
    struct sample s;
    struct error err = {0};
    cr_assert_eq(config_load(&config, &program, file, NULL, 0, &s, &err), ERROR_OK, "%s: %s\n%s", err.place,
                 err.message, buffer_text(&plain));
    cr_assert_eq(s.heartbeat, 10000);
    cr_assert_eq(s.bytes, 4 << 20);
    cr_assert_eq(s.areas.count, 2u);
    cr_assert_eq(s.feeds, 1, "the sample's own feed");
}

Test(config, sample_shows_every_key_where_it_belongs) {
    CLEAN(buffer_finish) struct buffer sample = {0};
    config_sample(&program, LANG_EN, &sample);
    static const char *const parts[] = {"name: \"wangcang: 1\"\n",
                                        "uplink:\n",
                                        "  # key_file: keys/agent\n",
                                        "  # heartbeat: 10s\n",
                                        "  # batch: 500\n",
                                        "limits:\n",
                                        "  # bytes: 4MiB\n",
                                        "# color: true\n",
                                        "# areas: [510821, 510822]\n",
                                        "# feeds:"};
    const char *at = buffer_text(&sample);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        at = strstr(at, parts[i]);
        cr_assert_not_null(at, "row %zu of\n%s", i, buffer_text(&sample));
    }
}

Test(config, help_and_reference_come_from_the_same_table) {
    CLEAN(buffer_finish) struct buffer help = {0};
    CLEAN(buffer_finish) struct buffer page = {0};
    config_help(&program, LANG_EN, &help);
    config_reference(&program, LANG_ZH, &page);
    cr_assert_not_null(
        strstr(buffer_text(&help), "--uplink.heartbeat DURATION\n        how often; 1s to 1min (default 10s)"), "%s",
        buffer_text(&help));
    cr_assert_not_null(strstr(buffer_text(&page), "| `uplink.heartbeat` | 时长 | `10s` | 1s 至 1min | 间隔 |"), "%s",
                       buffer_text(&page));
    cr_assert_not_null(strstr(buffer_text(&page), "| `color` | true\\|false | `true` |  | 颜色 |"), "%s",
                       buffer_text(&page));
    cr_assert_not_null(strstr(buffer_text(&page), "| `name` | 文字 | 必填 |"));
}

Test(config, tables_are_checked) {
    cr_assert_null(config_unsound(&program));
    struct config_field wrong[] = {fields[0], fields[3]};
    wrong[1].fallback = "0";
    struct config_program other = program;
    other.fields = wrong;
    other.field_count = 2;
    cr_assert_eq(config_unsound(&other), &wrong[1]);
    wrong[1] = wrong[0];
    cr_assert_eq(config_unsound(&other), &wrong[1], "the same key twice");
}

Test(config, durations_and_sizes) {
    static const struct {
        const char *text;
        int64_t ms; /* -1: refused */
    } durations[] = {{"0", 0},
                     {"500ms", 500},
                     {"30s", 30000},
                     {"5min", 300000},
                     {"2h", 7200000},
                     {"7d", 604800000},
                     {"30", -1},
                     {"s", -1},
                     {"", -1},
                     {"1.5s", -1},
                     {"-1s", -1},
                     {"5 min", -1},
                     {"05s", -1},
                     {"5m", -1},
                     {"106751991168d", -1},
                     {"9223372036854775808ms", -1}};
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        int64_t ms = -1;
        cr_assert_eq(config_parse_duration(durations[i].text, &ms), durations[i].ms >= 0, "row %zu", i);
        cr_assert_eq(ms, durations[i].ms, "row %zu", i);
    }
    static const struct {
        const char *text;
        int64_t bytes;
    } sizes[] = {{"0", 0},    {"512", 512}, {"64KiB", 65536}, {"4MiB", 4194304},          {"1GiB", 1073741824},
                 {"4MB", -1}, {"4M", -1},   {"KiB", -1},      {"9007199254740993KiB", -1}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int64_t bytes = -1;
        cr_assert_eq(config_parse_size(sizes[i].text, &bytes), sizes[i].bytes >= 0, "row %zu", i);
        cr_assert_eq(bytes, sizes[i].bytes, "row %zu", i);
    }
}
