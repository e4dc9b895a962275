/* What is printed and stored of a light: rule, inputs and version, and the office's word beside the computed one.
 * 31 of 62.0 as of 2021-09-30 against 46.5: -25.0 points, 92 days (DOMAIN: vectors). */
#include "common/store/cell_json.h"

#include "tests/unit/domain/office.h"

static json_t *printed(struct programme *p, const char *known) {
    struct assessment a = look(p, known);
    json_t *json = cell_json(&p->plan, &p->cells[1], &a, p->events, p->count, NULL);
    cr_assert(json);
    return json;
}
static void expect_json(json_t *json, const char *key, const char *expected) {
    char *text = json_dumps(json_object_get(json, key), JSON_ENCODE_ANY | JSON_COMPACT);
    cr_expect_str_eq(text ? text : "absent", expected, "%s", key);
    free(text);
}

Test(cell_json, a_light_says_its_rule_inputs_and_version) {
    struct programme p;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    json_t *json = printed(&p, "2021-10-07");
    expect_json(json, "light", "\"yellow\"");
    expect_json(json, "computed_light", "\"yellow\"");
    expect_json(json, "override", "null");
    expect_json(json, "rule", "\"points_10\"");
    expect_json(json, "rules_version", "\"2021-1\"");
    expect_json(
        json, "inputs",
        "{\"value\":\"31\",\"planned\":\"46.5\",\"points\":\"-25.0\",\"units_behind\":\"15.5\",\"days_behind\":92,"
        "\"reports\":1,\"threshold\":{\"when\":\"points\",\"goal\":\"large\",\"behind\":\"10.0\",\"units\":null}}");
    json_decref(json);
}

Test(cell_json, an_override_stands_beside_what_was_computed) {
    struct programme p;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05");
    override_light(&p, "blue", "2021-10-31", "2021-10-11");
    json_t *json = printed(&p, "2021-10-12");
    expect_json(json, "light", "\"blue\"");
    expect_json(json, "computed_light", "\"yellow\"");
    expect_json(json, "rule", "\"points_10\"");
    expect_json(json, "override",
                "{\"light\":\"blue\",\"by\":\"值班员\",\"reason\":\"现场核实\",\"until\":\"2021-10-31\"}");
    json_decref(json);
}

Test(cell_json, without_a_figure_there_is_nothing_to_put_in) {
    struct programme p;
    windows_start(&p);
    json_t *json = printed(&p, "2021-10-07");
    expect_json(json, "rule", "\"no_figure\"");
    expect_json(
        json, "inputs",
        "{\"value\":null,\"planned\":null,\"points\":null,\"units_behind\":null,\"days_behind\":null,\"reports\":0,"
        "\"threshold\":null}");
    json_decref(json);
}

Test(cell_json, the_note_is_the_reporters_never_the_offices) {
    struct programme p;
    windows_start(&p);
    report(&p, "31", "2021-09-30", "2021-10-05")->note = slice_of("冰冻停工");
    mute(&p, NULL, "2021-10-31", "2021-10-06")->note = slice_of("qingchuan");
    json_t *json = printed(&p, "2021-10-07");
    expect_json(json, "note", "\"冰冻停工\"");
    json_decref(json);
}
