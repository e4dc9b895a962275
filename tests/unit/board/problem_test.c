/* RFC 9457 bodies, and what an error of ours says to somebody outside. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "services/board/problem.h"

Test(problem, each_kind_has_a_type_of_its_own_a_status_and_a_title) {
    for (unsigned i = PROBLEM_NONE + 1; i < PROBLEM_KINDS; i++) {
        cr_assert(problem_words[i].type && strncmp(problem_words[i].type, "/problems/", 10) == 0, "%u", i);
        cr_expect(problem_words[i].status >= 400 && problem_words[i].status < 600, "%s", problem_words[i].type);
        cr_expect(*problem_words[i].title, "%s", problem_words[i].type);
        for (unsigned j = PROBLEM_NONE + 1; j < i; j++) cr_expect_str_neq(problem_words[i].type, problem_words[j].type);
    }
}

Test(problem, it_is_printed_whole) {
    struct problem problem;
    struct buffer out = {0};
    problem_set(&problem, PROBLEM_UNKNOWN_AREA, "area", "510812?", "没有 %s", "\"<img onerror>\"");
    problem_print(&problem, &out);
    json_t *body = json_loads(buffer_text(&out), 0, NULL);
    cr_assert_not_null(body, "%s", buffer_text(&out));
    cr_expect_str_eq(json_string_value(json_object_get(body, "type")), "/problems/unknown-area");
    cr_expect_str_eq(json_string_value(json_object_get(body, "title")), "没有这个县（区）");
    cr_expect_eq(json_integer_value(json_object_get(body, "status")), 404);
    cr_expect_str_eq(json_string_value(json_object_get(body, "detail")), "没有 \"<img onerror>\"");
    cr_expect_str_eq(json_string_value(json_object_get(body, "field")), "area");
    cr_expect_str_eq(json_string_value(json_object_get(body, "hint")), "510812?");
    cr_expect_null(json_object_get(body, "state"));
    json_decref(body);
    buffer_finish(&out);
}

Test(problem, errors_of_ours_do_not_tell_what_is_inside) {
    static const struct {
        enum error_code code;
        enum problem_kind kind;
        bool told;
    } cases[] = {{ERROR_NOT_FOUND, PROBLEM_UNKNOWN_TASK, true}, {ERROR_USAGE, PROBLEM_BAD_PARAMETER, true},
                 {ERROR_CONNECTION, PROBLEM_DATABASE_AWAY, false}, {ERROR_DATABASE, PROBLEM_INTERNAL, false},
                 {ERROR_REFUSED, PROBLEM_INTERNAL, false}, {ERROR_MEMORY, PROBLEM_INTERNAL, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct problem problem;
        struct error err;
        error_set(&err, cases[i].code, "host=10.0.0.1 user=duban_board");
        problem_of_error(&err, PROBLEM_UNKNOWN_TASK, &problem);
        cr_expect_eq(problem.kind, cases[i].kind);
        cr_expect_eq(strstr(problem.detail, "10.0.0.1") != NULL, cases[i].told, "%s", problem.detail);
    }
}
