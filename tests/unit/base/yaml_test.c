#include "common/base/yaml.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buffer.h"
#include "common/base/cleanup.h"
#include "common/base/clock.h"

struct fixture {
    struct findings findings;
    struct yaml doc;
};

static void fixture_finish(struct fixture *f) {
    yaml_finish(&f->doc);
    findings_finish(&f->findings);
}

static bool parse(struct fixture *f, const char *text, size_t len) {
    return yaml_parse(&f->doc, "p.yaml", text, len, &f->findings);
}

/* "place: message" of one finding. */
static const char *finding(const struct fixture *f, size_t i, char *out, size_t size) {
    if (i >= f->findings.count) return "(no such finding)";
    snprintf(out, size, "%s: %s", f->findings.items[i].place, f->findings.items[i].message);
    return out;
}

Test(yaml, tree_knows_places) {
    CLEAN(fixture_finish) struct fixture f = {0};
    const char text[] = "name: 旺苍\n"
                        "list:\n"
                        "  - 1\n"
                        "  - {a: \"x\", 乙: ~}\n"
                        "empty:\n";
    cr_assert(parse(&f, text, sizeof text - 1));
    const struct yaml_node *root = f.doc.root;
    cr_assert_eq(root->kind, YAML_KIND_MAP);
    cr_assert_eq(root->count, 3u);
    cr_assert_str_eq(root->pairs[0].value.text, "旺苍");
    cr_assert_eq(root->pairs[0].value.line, 1u);
    cr_assert_eq(root->pairs[0].value.column, 7u);
    const struct yaml_node *list = &root->pairs[1].value;
    cr_assert_eq(list->kind, YAML_KIND_LIST);
    cr_assert_eq(list->count, 2u);
    cr_assert_not(list->items[0].quoted);
    const struct yaml_node *map = &list->items[1];
    cr_assert_eq(map->line, 4u);
    cr_assert_eq(map->column, 5u);
    cr_assert(map->pairs[0].value.quoted);
    cr_assert_str_eq(map->pairs[1].key, "乙");
    cr_assert_eq(map->pairs[1].column, 14u);
    cr_assert_eq(map->pairs[1].value.kind, YAML_KIND_NULL);
    cr_assert_eq(root->pairs[2].value.kind, YAML_KIND_NULL);
    cr_assert_eq(f.findings.count, 0u);
}

Test(yaml, what_is_not_ours_is_refused_with_its_place) {
    static const struct {
        const char *text;
        const char *place;
        const char *words; /* part of the first message */
        bool readable;
    } rows[] = {
        {"a: 1\nb: 2\na: 3\n", "p.yaml:3:1", "\"a\" stands twice; first in line 1", true},
        {"a: {x: 1, x: 2}\n", "p.yaml:1:11", "\"x\" stands twice", true},
        {"a: &x 1\n", "p.yaml:1:4", "anchors (&x)", true},
        {"a: *x\n", "p.yaml:1:4", "aliases (*x)", true},
        {"a: !!int 1\n", "p.yaml:1:4", "tags (", true},
        {"a: !x [1]\n", "p.yaml:1:4", "tags (!x)", true},
        {"<<: {a: 1}\n", "p.yaml:1:1", "merge keys", true},
        {"a: 1\n---\nb: 2\n", "p.yaml:2:1", "a second document", false},
        {"[a]: 1\n", "p.yaml:1:1", "a key must be", false},
        {"{a: 1}: 1\n", "p.yaml:1:1", "a key must be", false},
        {"a: \"x\\0y\"\n", "p.yaml:1:4", "NUL", true},
        {"a: [1, 2\n", "p.yaml:2:1", "not readable as YAML", false},
        {"a: b: c\n", "p.yaml:1:5", "not readable as YAML", false},
        {"a:\n\t- b\n", "p.yaml:2:1", "not with tabs", false},
        {"a: \"open\nb: 1\n", "p.yaml:3:1", "it began in line 1", false},
        {"a: x\xFFy\n", "p.yaml:1:5", "not UTF-8", false},
        {"ok: 1\n旺: \xE6\x97\n", "p.yaml:2:4", "not UTF-8", false},
        {"a: x\x01y\n", "p.yaml:1:5", "a character that may not stand", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(fixture_finish) struct fixture f = {0};
        bool readable = parse(&f, rows[i].text, strlen(rows[i].text));
        cr_assert_gt(f.findings.errors, 0u, "row %zu", i);
        cr_expect_str_eq(f.findings.items[0].place, rows[i].place, "row %zu: %s", i, f.findings.items[0].place);
        cr_expect(strstr(f.findings.items[0].message, rows[i].words) != NULL, "row %zu: %s", i,
                  f.findings.items[0].message);
        cr_expect_eq(readable, rows[i].readable, "row %zu", i);
        cr_assert_not_null(f.doc.root);
        if (!readable) cr_expect_eq(f.doc.root->kind, YAML_KIND_NULL, "row %zu", i);
    }
}

Test(yaml, empty_files_are_null) {
    static const char *const rows[] = {"", "\n", "# only a comment\n", "---\n", "~\n", "null", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        CLEAN(fixture_finish) struct fixture f = {0};
        cr_assert(parse(&f, rows[i], strlen(rows[i])), "row %zu", i);
        cr_assert_eq(f.doc.root->kind, YAML_KIND_NULL, "row %zu", i);
        yaml_no_others(&f.doc, f.doc.root);
        cr_assert_eq(f.findings.count, 0u, "row %zu", i);
    }
}

/* Hostile shapes must be refused soon: the whole test may take two seconds, libyaml's document API took 88. */
Test(yaml, hostile_depth_is_refused_at_once) {
    static const char *const units[] = {"[", "{", "- ", "[{", "{a: ", "? ", "[a, ", "{?"};
    enum { COUNT = 200000 };
    struct tick begun = tick_now();
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        CLEAN(fixture_finish) struct fixture f = {0};
        CLEAN(buffer_finish) struct buffer text = {0};
        for (size_t n = 0; n < COUNT; n++)
            buffer_add_text(&text, units[i]);
        cr_assert_not(parse(&f, text.data, text.len), "row %zu", i);
        cr_assert_gt(f.findings.errors, 0u);
    }
    cr_assert_lt(tick_now().ms - begun.ms, 2000, "%ld ms", (long)(tick_now().ms - begun.ms));
}

Test(yaml, depth_32_is_read_and_33_is_not) {
    for (size_t depth = 32; depth <= 33; depth++) {
        CLEAN(fixture_finish) struct fixture f = {0};
        CLEAN(buffer_finish) struct buffer text = {0};
        for (size_t i = 0; i < depth; i++)
            buffer_add_char(&text, '[');
        for (size_t i = 0; i < depth; i++)
            buffer_add_char(&text, ']');
        cr_assert_eq(parse(&f, text.data, text.len), depth == 32);
        char out[512];
        if (depth == 33) cr_assert_str_eq(finding(&f, 0, out, sizeof out), "p.yaml:1:33: nested deeper than 32 levels");
    }
}

Test(yaml, more_than_4_mib_is_refused) {
    CLEAN(buffer_finish) struct buffer text = {0};
    buffer_add_text(&text, "a: ");
    while (text.len < YAML_BYTES_MAX)
        buffer_add_char(&text, 'x');
    CLEAN(fixture_finish) struct fixture full = {0};
    cr_assert(parse(&full, text.data, text.len));
    buffer_add_char(&text, 'x');
    CLEAN(fixture_finish) struct fixture over = {0};
    cr_assert_not(parse(&over, text.data, text.len));
    char out[512];
    cr_assert_str_eq(finding(&over, 0, out, sizeof out), "p.yaml: the file is larger than 4 MiB");
}

Test(yaml, a_file_full_of_errors_stays_small) {
    CLEAN(fixture_finish) struct fixture f = {0};
    CLEAN(buffer_finish) struct buffer text = {0};
    for (int i = 0; i < 100000; i++)
        buffer_add_text(&text, "same: 1\n");
    struct tick begun = tick_now();
    cr_assert(parse(&f, text.data, text.len));
    yaml_no_others(&f.doc, f.doc.root);
    cr_assert_eq(f.findings.count, 201u);
    cr_assert_gt(f.findings.errors, 100000u);
    cr_assert_lt(tick_now().ms - begun.ms, 5000);
}

static const struct word periods[] = {{"month", 1}, {"quarter", 2}, {NULL, 0}};

Test(yaml, getters_read_what_is_right) {
    CLEAN(fixture_finish) struct fixture f = {0};
    const char text[] = "text: 一二三\nquoted: '012'\nint: -12\nyes: true\nday: 2021-06-30\nfigure: 485.80\n"
                        "word: quarter\nmany: [a, 'b']\none: c\nmap: {x: 1}\nnone: []\n";
    cr_assert(parse(&f, text, sizeof text - 1));
    struct yaml *doc = &f.doc;
    struct yaml_node *root = doc->root;
    const char *s = NULL, *const *many = NULL, *const *one = NULL, *const *none = NULL;
    int64_t n = 0;
    bool yes = false;
    struct day d;
    struct decimal figure;
    int word = 0;
    size_t many_count = 0, one_count = 0, none_count = 9;
    cr_assert(yaml_get_text(doc, root, "text", YAML_REQUIRED, &s));
    cr_assert_str_eq(s, "一二三");
    cr_assert(yaml_get_text(doc, root, "quoted", YAML_REQUIRED, &s));
    cr_assert_str_eq(s, "012");
    cr_assert(yaml_get_int(doc, root, "int", YAML_REQUIRED, -20, 20, &n));
    cr_assert_eq(n, -12);
    cr_assert(yaml_get_bool(doc, root, "yes", YAML_REQUIRED, &yes));
    cr_assert(yes);
    cr_assert(yaml_get_day(doc, root, "day", YAML_REQUIRED, &d));
    cr_assert_eq(d.n, 18808);
    cr_assert(yaml_get_decimal(doc, root, "figure", YAML_REQUIRED, &figure));
    cr_assert_eq(figure.mantissa, 4858);
    cr_assert_eq(figure.scale, 1);
    cr_assert(yaml_get_word(doc, root, "word", YAML_REQUIRED, periods, &word));
    cr_assert_eq(word, 2);
    cr_assert(yaml_get_texts(doc, root, "many", YAML_REQUIRED, &many, &many_count));
    cr_assert_eq(many_count, 2u);
    cr_assert_str_eq(many[1], "b");
    cr_assert(yaml_get_texts(doc, root, "one", YAML_REQUIRED, &one, &one_count));
    cr_assert_eq(one_count, 1u);
    cr_assert_str_eq(one[0], "c");
    cr_assert(yaml_get_texts(doc, root, "none", YAML_REQUIRED, &none, &none_count));
    cr_assert_eq(none_count, 0u);
    cr_assert_not_null(yaml_get_map(doc, root, "map", YAML_REQUIRED));
    cr_assert_null(yaml_get_list(doc, root, "absent", YAML_OPTIONAL));
    yaml_no_others(doc, root);
    cr_assert_eq(f.findings.count, 0u, "%s", f.findings.count ? f.findings.items[0].message : "");
}

Test(yaml, getters_tell_all_that_is_wrong) {
    CLEAN(fixture_finish) struct fixture f = {0};
    const char text[] = "a: 12x\nb: 010\nc: 0x1F\nd: '5'\ne: 99\nf: yes\ng: 2021-02-30\nh: 1e3\ni: 1.0000000001\n"
                        "j: monht\nk: [1, {}]\nl: {}\nm: [1]\nn:\no: 007.5\nnmae: x\nzzzzzzzzz: 1\n";
    cr_assert(parse(&f, text, sizeof text - 1));
    struct yaml *doc = &f.doc;
    struct yaml_node *root = doc->root;
    const char *s = "kept", *const *texts = NULL;
    int64_t n = 77;
    bool yes = true;
    struct day d = DAY_NONE;
    struct decimal figure = {7, 0};
    int word = 7;
    size_t count = 7;
    static const char *const ints[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++)
        cr_assert_not(yaml_get_int(doc, root, ints[i], YAML_REQUIRED, 1, 50, &n), "%s", ints[i]);
    cr_assert_not(yaml_get_bool(doc, root, "f", YAML_OPTIONAL, &yes));
    cr_assert_not(yaml_get_day(doc, root, "g", YAML_OPTIONAL, &d));
    cr_assert_not(yaml_get_decimal(doc, root, "h", YAML_OPTIONAL, &figure));
    cr_assert_not(yaml_get_decimal(doc, root, "i", YAML_OPTIONAL, &figure));
    cr_assert_not(yaml_get_word(doc, root, "j", YAML_OPTIONAL, periods, &word));
    cr_assert_not(yaml_get_texts(doc, root, "k", YAML_OPTIONAL, &texts, &count));
    cr_assert_not(yaml_get_text(doc, root, "l", YAML_OPTIONAL, &s));
    cr_assert_null(yaml_get_map(doc, root, "m", YAML_OPTIONAL));
    cr_assert_not(yaml_get_text(doc, root, "n", YAML_REQUIRED, &s));
    cr_assert_not(yaml_get_decimal(doc, root, "o", YAML_OPTIONAL, &figure));
    cr_assert_not(yaml_get_text(doc, root, "name", YAML_REQUIRED, &s));
    yaml_no_others(doc, root);
    static const char *const expected[] = {
        "p.yaml:1:4: a: \"12x\" is not a whole number",
        "p.yaml:2:4: b: \"010\" is not a whole number",
        "p.yaml:3:4: c: \"0x1F\" is not a whole number",
        "p.yaml:4:4: d: \"5\" is not a whole number",
        "p.yaml:5:4: e: 99 is outside 1 to 50",
        "p.yaml:6:4: f: \"yes\" is neither true nor false",
        "p.yaml:7:4: g: \"2021-02-30\" is not a day",
        "p.yaml:8:4: h: \"1e3\" is not a number",
        "p.yaml:9:4: i: 1.0000000001 has too many digits",
        "p.yaml:10:4: j: \"monht\" is none of: month, quarter; did you mean \"month\"?",
        "p.yaml:11:8: k: expected a text, found keys with values",
        "p.yaml:12:4: l: expected a text, found keys with values",
        "p.yaml:13:4: m: expected keys with values (key: value), found a list",
        "p.yaml:14:3: n has no value",
        "p.yaml:15:4: o: \"007.5\" is not a number",
        "p.yaml:1:1: the key \"name\" is missing here",
        "p.yaml:16:1: unknown key \"nmae\"; did you mean \"name\"?",
        "p.yaml:17:1: unknown key \"zzzzzzzzz\"",
    };
    char out[1400];
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        const char *got = finding(&f, i, out, sizeof out);
        cr_expect(strncmp(got, expected[i], strlen(expected[i])) == 0, "row %zu: %s", i, got);
    }
    cr_assert_eq(f.findings.count, sizeof expected / sizeof expected[0]);
    cr_assert_eq(n, 77);
    cr_assert_eq(count, 7u);
    cr_assert_str_eq(s, "kept");
}

Test(yaml, unknown_keys_list_the_few_known_ones) {
    CLEAN(fixture_finish) struct fixture f = {0};
    cr_assert(parse(&f, "zzzz: 1\n", 8));
    yaml_map_get(&f.doc, f.doc.root, "alpha", YAML_OPTIONAL);
    yaml_map_get(&f.doc, f.doc.root, "beta", YAML_OPTIONAL);
    yaml_no_others(&f.doc, f.doc.root);
    char out[512];
    cr_assert_str_eq(finding(&f, 0, out, sizeof out), "p.yaml:1:1: unknown key \"zzzz\"; known here: alpha, beta");
}

Test(yaml, what_is_no_map_is_said_once) {
    CLEAN(fixture_finish) struct fixture f = {0};
    cr_assert(parse(&f, "- 1\n", 4));
    const char *s;
    int64_t n;
    cr_assert_not(yaml_get_text(&f.doc, f.doc.root, "a", YAML_REQUIRED, &s));
    cr_assert_not(yaml_get_int(&f.doc, f.doc.root, "b", YAML_REQUIRED, 0, 1, &n));
    yaml_no_others(&f.doc, f.doc.root);
    char out[512];
    cr_assert_eq(f.findings.count, 1u);
    cr_assert_str_eq(finding(&f, 0, out, sizeof out), "p.yaml:1:1: expected keys with values here (key: value)");
    cr_assert_not(yaml_get_text(&f.doc, NULL, "a", YAML_OPTIONAL, &s), "no map at all is an empty one");
    cr_assert_eq(f.findings.count, 1u);
}
