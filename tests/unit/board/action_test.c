/* The bodies of actions: which members each verb takes, what is asked of the desk, and what its errors are outside. */
#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "services/board/action.h"
#include "services/board/scope.h"

static json_t *body_of(const char *text) {
    json_t *body = json_loads(text, 0, NULL);
    cr_assert_not_null(body, "%s", text);
    return body;
}

Test(action, members_become_a_request) {
    json_t *body =
        body_of("{\"id\": \"E0007\", \"due\": \"2022-02-28\", \"document\": \"广改办〔2021〕9号\", \"reason\": null}");
    struct action action;
    struct problem problem = {0};
    cr_assert(action_read("extension-grant", body, &action, &problem), "%s", problem.detail);
    cr_expect_eq(action.request.verb, DESK_EXTENSION_GRANT);
    cr_expect_eq(action.request.subject_count, 1);
    cr_expect_str_eq(action.request.subject[0], "E0007");
    cr_expect_str_eq(action.request.due, "2022-02-28");
    cr_expect_str_eq(action.request.document, "广改办〔2021〕9号");
    cr_expect_null(action.request.reason);
    cr_expect_null(action.request.by, "who decides is never taken from a body");
    cr_expect_not(action.request.replace);
    json_decref(body);
}

Test(action, subjects) {
    static const struct {
        const char *verb, *body;
        const char *first, *second, *field; /* field: what is wrong; NULL = nothing */
    } rows[] = {
        {"release", "{\"target\": \"T06.1\", \"area\": \"510822\"}", "T06.1", "510822", NULL},
        {"release", "{\"number\": \"D21-1108-05/2\"}", "D21-1108-05/2", NULL, NULL},
        {"confirm", "{\"uid\": \"8b9ff928\", \"reason\": \"核实\"}", "8b9ff928", NULL, NULL},
        {"mute", "{\"area\": \"510822\", \"until\": \"resolved\", \"reason\": \"停机\"}", "510822", NULL, NULL},
        {"override", "{\"area\": \"510822\", \"light\": \"blue\"}", NULL, NULL, "target"},
        {"release", "{\"target\": \"T06.1\"}", NULL, NULL, "area"},
        {"release", "{\"target\": \"\", \"area\": \"510822\"}", NULL, NULL, "target"},
        {"release", "{}", NULL, NULL, "target"},
        {"reverse", "{\"reason\": \"x\"}", NULL, NULL, "id"},
        {"reverse", "{\"uid\": \"8b9ff928\", \"id\": \"E0007\"}", NULL, NULL, "target"},
        {"promise", "{\"number\": \"D21-1108-05/2\", \"target\": \"T06.1\", \"area\": \"510822\"}", NULL, NULL,
         "target"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *body = body_of(rows[i].body);
        struct action action;
        struct problem problem = {0};
        bool read = action_read(rows[i].verb, body, &action, &problem);
        cr_expect_eq(read, rows[i].field == NULL, "row %zu: %s", i, problem.detail);
        if (rows[i].field) cr_expect_str_eq(problem.field, rows[i].field, "row %zu", i);
        if (rows[i].first) cr_expect_str_eq(action.subject[0], rows[i].first, "row %zu", i);
        if (rows[i].second) cr_expect_str_eq(action.subject[1], rows[i].second, "row %zu", i);
        json_decref(body);
    }
}

Test(action, what_a_verb_does_not_take_is_refused_by_name) {
    static const char *const rows[][3] = {
        {"release", "{\"target\": \"T06.1\", \"area\": \"510822\", \"light\": \"blue\"}", "light"},
        {"release", "{\"target\": \"T06.1\", \"area\": \"510822\", \"by\": \"别人\"}", "by"},
        {"release", "{\"target\": \"T06.1\", \"area\": \"510822\", \"replace\": true}", "replace"},
        {"mute", "{\"target\": \"T06.1\", \"area\": \"510822\", \"replace\": \"yes\"}", "replace"},
        {"mute", "{\"target\": \"T06.1\", \"area\": 510822}", "area"},
        {"mute", "{\"target\": [\"T06.1\"], \"area\": \"510822\"}", "target"},
        {"extension-ask", "{\"target\": \"T06.1\", \"area\": \"510822\"}", ""},
        {"freeze", "{\"reason\": \"x\"}", ""},
        {"go-live", "{}", ""},
        {"", "{}", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *body = body_of(rows[i][1]);
        struct action action;
        struct problem problem = {0};
        cr_expect_not(action_read(rows[i][0], body, &action, &problem), "row %zu", i);
        cr_expect_str_eq(problem.field, rows[i][2], "row %zu", i);
        cr_expect_eq(problem.kind, *rows[i][2] ? PROBLEM_BAD_FIELD : PROBLEM_UNKNOWN_RESOURCE, "row %zu", i);
        json_decref(body);
    }
}

Test(action, long_texts_are_refused) {
    char text[ACTION_TEXT_MAX + 2];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    json_t *body = json_pack("{s:s, s:s, s:s}", "target", "T06.1", "area", "510822", "reason", text);
    struct action action;
    struct problem problem = {0};
    cr_expect_not(action_read("release", body, &action, &problem));
    cr_expect_str_eq(problem.field, "reason");
    text[ACTION_TEXT_MAX] = '\0';
    json_object_set_new(body, "reason", json_string(text));
    cr_expect(action_read("release", body, &action, &problem), "%s", problem.detail);
    json_decref(body);
}

Test(action, a_key_stands_for_verb_and_members_in_any_order) {
    json_t *one = body_of("{\"target\": \"T06.1\", \"area\": \"510822\"}");
    json_t *turned = body_of("{\"area\": \"510822\", \"target\": \"T06.1\"}");
    json_t *other = body_of("{\"target\": \"T06.1\", \"area\": \"510823\"}");
    uint8_t first[ACTION_DIGEST_BYTES], second[ACTION_DIGEST_BYTES];
    cr_assert(action_digest("release", one, first));
    cr_assert(action_digest("release", turned, second));
    cr_expect_arr_eq(first, second, sizeof first);
    cr_assert(action_digest("release", other, second));
    cr_expect_neq(memcmp(first, second, sizeof first), 0);
    cr_assert(action_digest("override", one, second));
    cr_expect_neq(memcmp(first, second, sizeof first), 0);
    json_decref(one);
    json_decref(turned);
    json_decref(other);
}

Test(action, keys) {
    char longest[81];
    memset(longest, 'k', 80);
    longest[80] = '\0';
    cr_expect_not(action_key_is_good(longest));
    longest[79] = '\0';
    cr_expect(action_key_is_good(longest));
    cr_expect(action_key_is_good("1"));
    cr_expect_not(action_key_is_good(""));
    cr_expect_not(action_key_is_good("a b"));
    cr_expect_not(action_key_is_good("键"));
    cr_expect_not(action_key_is_good("a\n"));
}

Test(action, errors_of_the_desk_as_they_are_outside) {
    static const struct {
        enum error_code code;
        const char *field, *state;
        bool unknown, already;
        enum problem_kind kind;
    } rows[] = {
        {ERROR_NOT_FOUND, NULL, "", false, false, PROBLEM_UNKNOWN_SUBJECT},
        {ERROR_USAGE, NULL, "", true, false, PROBLEM_UNKNOWN_SUBJECT},
        {ERROR_USAGE, "due", "", false, false, PROBLEM_BAD_FIELD},
        {ERROR_CONFLICT, NULL, "李四 核定红灯（2021-11-08 10:20）", false, true, PROBLEM_ALREADY_DECIDED},
        {ERROR_CONFLICT, NULL, "还没有完成", false, false, PROBLEM_NOT_POSSIBLE},
        {ERROR_USAGE, NULL, "全市合计不能延期", false, true, PROBLEM_NOT_POSSIBLE},
        {ERROR_CONNECTION, NULL, "", false, false, PROBLEM_NOT_CONFIRMED},
        {ERROR_REFUSED, NULL, "", false, false, PROBLEM_INTERNAL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct desk_case one = {.field = rows[i].field, .unknown = rows[i].unknown, .already = rows[i].already};
        struct error err = {.code = rows[i].code, .message = "secret words"};
        struct problem problem = {0};
        memcpy(one.state, rows[i].state, strlen(rows[i].state) + 1);
        action_problem(&one, &err, &problem);
        cr_expect_eq(problem.kind, rows[i].kind, "row %zu", i);
        cr_expect_null(strstr(problem.detail, "secret"), "row %zu", i);
        if (rows[i].already && rows[i].kind == PROBLEM_ALREADY_DECIDED) cr_expect_str_eq(problem.state, rows[i].state);
    }
}

/* What the pages offer and what the desk takes: every verb of scope.c has a body here. */
Test(action, every_verb_that_is_offered_is_taken) {
    for (size_t i = 0; scope_verbs[i]; i++) {
        json_t *body = json_object();
        struct action action;
        struct problem problem = {0};
        cr_expect_not(action_read(scope_verbs[i], body, &action, &problem));
        cr_expect_eq(problem.kind, PROBLEM_BAD_FIELD, "%s", scope_verbs[i]);
        json_decref(body);
    }
}
