/* Requests as nobody sends them, from a fixed seed: heads and bodies of broken pieces. Every one gets an answer that is
 * JSON, no body makes a figure that does not stand in it, and a head without the token opens no door.
 * DUBAN_FUZZ_ROUNDS sets how many. */
#include <jansson.h>
#include <stdlib.h>

#include "services/collector/source_answer.h"
#include "services/collector/source_request.h"
#include "tests/unit/collector/paper_fixture.h"

static uint64_t state;
static size_t chance(size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return below ? (size_t)(state % below) : 0;
}

static size_t rounds(void) {
    const char *given = getenv("DUBAN_FUZZ_ROUNDS");
    return (given ? (size_t)strtoul(given, NULL, 10) : 400) * 5;
}

static void add_piece(struct buffer *out, const char *const *pieces, size_t count) {
    if (chance(12) == 0)
        buffer_add_char(out, (char)chance(256));
    else
        buffer_add_text(out, pieces[chance(count)]);
}

/* --- bodies --- */

static const char *const texts[] = {"指标,地区,数据日期,数值,单位\n",
                                    "T06.1,青川县,2021-06-30,31,公里\n",
                                    "T06.1,",
                                    "青川县,",
                                    "2021-06-30,",
                                    "31,",
                                    "公里",
                                    "\n",
                                    "\r\n",
                                    "\"",
                                    "\"\"",
                                    ",",
                                    ";",
                                    "\t",
                                    "=\"510822\"",
                                    "\xef\xbb\xbf",
                                    "\xff\xfe",
                                    "合计,,,99,\n",
                                    "约",
                                    "#REF!"};
static const char *const lines[] = {
    "{\"指标\":\"T06.1\",\"地区\":\"青川县\",\"数据日期\":\"2021-06-30\",\"数值\":31,\"单位\":\"公里\"}\n",
    "{",
    "}",
    "\n",
    "\"指标\":",
    "\"T06.1\"",
    ",",
    ":",
    "\"数值\":",
    "31",
    "-1e9",
    "null",
    "true",
    "[",
    "\"\\u0000\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\",
    "\"地区\":\"青川县\"",
    "\"数据日期\":\"2021-06-30\""};

static void make_body(struct buffer *out) {
    bool json = chance(2);
    buffer_clear(out);
    if (chance(2)) buffer_add_text(out, json ? lines[0] : texts[0]);
    for (size_t i = chance(40); i > 0; i--)
        if (json)
            add_piece(out, lines, sizeof lines / sizeof *lines);
        else
            add_piece(out, texts, sizeof texts / sizeof *texts);
}

static void expect_answer(const struct taken *taken) {
    static const struct source_settings source = {.name = "进度", .kind = SOURCE_HTTP};
    struct source_answer answer;
    struct buffer words = {0};
    cr_assert(source_answer_taken(&source, "进度-1.csv", taken, &answer));
    json_t *tree = json_loads(buffer_text(&answer.body), 0, NULL);
    cr_assert_not_null(tree, "%s", buffer_text(&answer.body));
    bool whole = taken->verdict.whole.code != REFUSAL_NONE;
    cr_assert_eq(answer.problem, whole);
    cr_assert_eq(answer.status == 200, !whole);
    cr_assert(!whole || taken->verdict.taken == 0);
    source_answer_words("进度-1.csv", taken, &words);
    cr_assert_not(words.failed);
    json_decref(tree);
    buffer_finish(&words);
    source_answer_finish(&answer);
}

Test(fuzz_body, every_body_is_answered) {
    struct paper_fixture f;
    struct buffer body = {0};
    paper_fixture_open(&f, "{}", "2021-07-02");
    state = 20210702;
    for (size_t i = 0, count = rounds(); i < count; i++) {
        make_body(&body);
        paper_fixture_judge_bytes(&f, buffer_text(&body), body.len);
        for (size_t k = 0; k < f.verdict.outcome_count; k++) {
            const struct outcome *outcome = &f.verdict.outcomes[k];
            if (outcome->kind != OUTCOME_EVENT || outcome->event.figure.form != FIGURE_VALUE) continue;
            cr_assert(body.len &&
                      memmem(body.data, body.len, outcome->event.source.raw.ptr, outcome->event.source.raw.len));
        }
        expect_answer(&(struct taken){.how = DOCUMENT_TAKEN, .verdict = f.verdict});
    }
    buffer_finish(&body);
    paper_fixture_close(&f);
}

/* --- heads --- */

static const char *const words[] = {"/",        "进度", "%2e",       "..",    "POST",    "GET",
                                    "text/csv", ";",    "charset=",  "127.",  "0.0.1",   "[",
                                    "]",        "::1",  "localhost", ":8610", "Bearer ", "0123456789abcde",
                                    "1",        "-",    " ",         "\n",    "é",       "application/x-ndjson"};

/* NULL now and then. */
static const char *make_word(struct buffer *out) {
    buffer_clear(out);
    for (size_t i = chance(5); i > 0; i--)
        add_piece(out, words, sizeof words / sizeof *words);
    return chance(10) ? buffer_text(out) : NULL;
}

Test(fuzz_body, no_head_opens_a_door_without_the_token) {
    static struct source_settings sources[] = {{.name = "进度", .kind = SOURCE_HTTP, .http = {.token = "t"}}};
    struct settings settings = {.http = {.body_bytes = 1000}, .sources = {.items = sources, .count = 1}};
    struct request_token token;
    struct buffer parts[7] = {{0}};
    request_token_set(&token, slice_of("0123456789abcde~~~~"));
    state = 8610;
    for (size_t i = 0, count = rounds() * 20; i < count; i++) {
        const char *method = make_word(&parts[0]), *path = make_word(&parts[1]);
        const struct request_head head = {.method = method && chance(2) ? method : "POST",
                                          .path = path && chance(2) ? path : "/进度",
                                          .host = make_word(&parts[2]),
                                          .type = chance(2) ? "text/csv" : make_word(&parts[3]),
                                          .authorization = make_word(&parts[4]),
                                          .name = make_word(&parts[5]),
                                          .length = make_word(&parts[6])};
        const struct request_rules rules = {.settings = &settings, .tokens = &token, .anybody = chance(2)};
        struct request_verdict verdict = request_judge(&rules, &head);
        cr_assert_null(verdict.source, "%s", head.authorization);
        cr_assert(verdict.status >= 400 && verdict.code != REFUSAL_NONE);
        if (head.host) {
            struct request_address address;
            (void)request_address_parse(head.host, &address);
        }
    }
    for (size_t i = 0; i < 7; i++)
        buffer_finish(&parts[i]);
}
