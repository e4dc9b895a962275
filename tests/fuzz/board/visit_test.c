/* What browsers and others send to the board, as nobody sends it, from a fixed seed: request lines, cookies, bodies.
 * What is read is what stands there; what is refused has a reason; no cookie but the one that was given opens anything.
 * DUBAN_FUZZ_ROUNDS sets how many. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "services/board/action.h"
#include "services/board/request.h"
#include "services/board/route.h"
#include "services/board/scope.h"
#include "services/board/token.h"

static uint64_t state;
static size_t chance(size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (size_t)(state % below) : 0;
}

static size_t rounds(void) {
    const char *given = getenv("DUBAN_FUZZ_ROUNDS");
    return (given ? (size_t)strtoul(given, NULL, 10) : 400) * 20;
}

enum { TEXT_MAX = 1024 };

/* Pieces that belong there, broken ones, and single bytes but NUL. */
static size_t compose(char out[TEXT_MAX], const char *const *pieces, size_t count) {
    size_t len = 0, wanted = chance(24);
    for (size_t i = 0; i < wanted; i++) {
        char byte[2] = {(char)(1 + chance(255)), '\0'};
        const char *piece = chance(8) == 0 ? byte : pieces[chance(count)];
        size_t piece_len = strlen(piece);
        if (len + piece_len >= TEXT_MAX) break;
        memcpy(out + len, piece, piece_len);
        len += piece_len;
    }
    out[len] = '\0';
    return len;
}
#define COMPOSE(out, pieces) compose(out, pieces, sizeof pieces / sizeof *pieces)

Test(visit, request_lines) {
    static const char *const pieces[] = {"/",
                                         "api/v1",
                                         "/api/v1/areas/",
                                         "510823",
                                         "..",
                                         "%2e%2e",
                                         "%2F",
                                         "%",
                                         "%zz",
                                         "%00",
                                         "?",
                                         "&",
                                         "=",
                                         "as_of=2021-09-30",
                                         "known_at=",
                                         "limit=200",
                                         "limit=-1",
                                         "after=",
                                         "%E5%89%91",
                                         "%ff",
                                         "\\",
                                         "//",
                                         "targets/T06.1/series",
                                         "explain/"};
    state = 20210930;
    for (size_t round = 0; round < rounds(); round++) {
        char text[TEXT_MAX];
        struct request_line line;
        size_t len = COMPOSE(text, pieces);
        if (request_line_read(text, len, &line) != REQUEST_FINE) continue;
        cr_assert_leq(line.part_count, (size_t)REQUEST_PARTS_MAX, "%s", text);
        cr_assert_leq(line.parameter_count, (size_t)REQUEST_PARAMETERS_MAX, "%s", text);
        for (size_t i = 0; i < line.part_count; i++)
            cr_assert(*line.parts[i] && strcmp(line.parts[i], "..") != 0 && strcmp(line.parts[i], ".") != 0 &&
                          !strchr(line.parts[i], '/'),
                      "%s", text);
        struct problem problem = {0};
        unsigned allowed = 0;
        const struct route *route = route_find(&line, REQUEST_GET, &allowed, &problem);
        cr_assert(route || problem.kind, "%s", text);
        struct ask ask;
        if (route && route->kind == ROUTE_DOCUMENT)
            cr_assert(ask_read(route, &line, &ask, &problem) || problem.kind, "%s", text);
    }
}

Test(visit, cookies) {
    struct token given, read;
    char cookie[TOKEN_COOKIE_MAX];
    memset(given.bytes, 0x5a, sizeof given.bytes);
    token_cookie(&given, cookie);
    cookie[strcspn(cookie, ";")] = '\0';
    const char *const pieces[] = {cookie,
                                  cookie,
                                  cookie + 1,
                                  TOKEN_COOKIE "=",
                                  "__Host-duban2=",
                                  "duban=",
                                  "=",
                                  ";",
                                  "; ",
                                  ",",
                                  " ",
                                  "A",
                                  "Wlpa",
                                  "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo",
                                  "\"",
                                  "__Secure-x=1"};
    state = 20211108;
    for (size_t round = 0; round < rounds(); round++) {
        char text[TEXT_MAX];
        struct slice value;
        (void)COMPOSE(text, pieces);
        if (!request_cookie(text, TOKEN_COOKIE, &value)) continue;
        cr_assert(value.ptr >= text && value.ptr + value.len <= text + strlen(text), "%s", text);
        if (!token_read(value, &read)) continue;
        cr_assert_eq(value.len, (size_t)TOKEN_TEXT, "%s", text);
        char again[TOKEN_COOKIE_MAX];
        token_cookie(&read, again);
        cr_assert_eq(strncmp(again + strlen(TOKEN_COOKIE) + 1, value.ptr, TOKEN_TEXT), 0, "%s", text);
    }
}

Test(visit, bodies) {
    static const char *const pieces[] = {"{",
                                         "}",
                                         "[",
                                         "]",
                                         ":",
                                         ",",
                                         "\"target\"",
                                         "\"T06.1\"",
                                         "\"area\"",
                                         "\"510822\"",
                                         "\"reason\"",
                                         "null",
                                         "true",
                                         "1e999",
                                         "-0",
                                         "\"\\u0000\"",
                                         "\"\\ud800\"",
                                         "\"until\":\"resolved\"",
                                         "\"target\":\"T06.1\",\"area\":\"510822\"",
                                         "\"number\":\"D21-1108-05/2\"",
                                         "\"uid\":\"8b9ff928\"",
                                         "{\"target\":\"T06.1\",\"area\":\"510822\"}",
                                         "\"replace\":true",
                                         " ",
                                         "\n",
                                         "\xef\xbb\xbf"};
    state = 20220115;
    for (size_t round = 0; round < rounds(); round++) {
        char text[TEXT_MAX], why[REQUEST_WHY_MAX] = "";
        size_t len = COMPOSE(text, pieces);
        json_t *body = request_body_read(text, len, why);
        if (!body) {
            cr_assert(*why, "%s", text);
            continue;
        }
        cr_assert(json_is_object(body), "%s", text);
        for (size_t i = 0; scope_verbs[i]; i++) {
            struct action action;
            struct problem problem = {0};
            bool read = action_read(scope_verbs[i], body, &action, &problem);
            cr_assert_neq(read, problem.kind != PROBLEM_NONE, "%s: %s", scope_verbs[i], text);
            if (!read) continue;
            cr_assert(action.request.subject_count == 1 || action.request.subject_count == 2, "%s", text);
            cr_assert_null(action.request.by);
            struct desk_case one;
            struct error err = {0};
            action.request.by = "李四";
            action.request.now = (struct instant){1636336800000};
            if (desk_case_read(&one, &action.request, &err)) cr_assert(one.field, "%s: %s", text, err.message);
            desk_case_finish(&one);
        }
        json_decref(body);
    }
}
