#include "services/collector/source_request.h"

#include <criterion/criterion.h>

static struct source_settings sources[] = {
    {.name = "报表", .kind = SOURCE_FOLDER, .folder = "inbox"},
    {.name = "进度", .kind = SOURCE_HTTP},
    {.name = "人数", .kind = SOURCE_HTTP, .http = {.token = "token"}},
};
enum { SOURCES = sizeof sources / sizeof *sources };
#define TOKEN "0123456789abcdef"

struct rules {
    struct settings settings;
    struct request_token tokens[SOURCES];
    struct request_rules rules;
};

static void rules_open(struct rules *r, bool anybody) {
    memset(r, 0, sizeof *r);
    r->settings.sources.items = sources;
    r->settings.sources.count = SOURCES;
    r->settings.http = (struct settings_http){.listen = "127.0.0.1:8610", .body_bytes = 1000};
    request_token_set(&r->tokens[2], slice_of(TOKEN));
    r->rules = (struct request_rules){.settings = &r->settings, .tokens = r->tokens, .anybody = anybody};
}

static const struct request_head sound = {
    .method = "POST", .path = "/进度", .host = "127.0.0.1:8610", .type = "text/csv", .length = "1000"};

#define expect_head(anybody, wanted_status, wanted_code, ...)                                                          \
    do {                                                                                                               \
        struct rules r;                                                                                                \
        struct request_head head = sound;                                                                              \
        rules_open(&r, anybody);                                                                                       \
        __VA_ARGS__;                                                                                                   \
        struct request_verdict verdict = request_judge(&r.rules, &head);                                               \
        cr_expect_eq(verdict.status, wanted_status, "%s: %d", #__VA_ARGS__, verdict.status);                           \
        cr_expect_eq(verdict.code, wanted_code, "%s: %s", #__VA_ARGS__, refusal_row(verdict.code)->word);              \
        cr_expect_eq(verdict.source == NULL, wanted_status != 200);                                                    \
    } while (0)

Test(source_request, a_table_for_a_source_of_this_kind_is_let_in) {
    static const char *const types[] = {
        "text/csv",          "TEXT/CSV; charset=gbk", "text/csv;header=present", "application/x-ndjson",
        "application/jsonl", "application/ndjson"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        expect_head(false, 200, REFUSAL_NONE, head.type = types[i]);
    expect_head(false, 200, REFUSAL_NONE, head.length = NULL);
    expect_head(false, 200, REFUSAL_NONE, head.name = "8月 报表.csv");
}

Test(source_request, what_is_wrong_has_a_status_and_a_code) {
    expect_head(false, 404, REFUSAL_REQUEST_SOURCE, head.path = "/报表");
    expect_head(false, 404, REFUSAL_REQUEST_SOURCE, head.path = "/进度/");
    expect_head(false, 404, REFUSAL_REQUEST_SOURCE, head.path = "进度");
    expect_head(false, 404, REFUSAL_REQUEST_SOURCE, head.path = "");
    expect_head(false, 405, REFUSAL_REQUEST_METHOD, head.method = "GET");
    expect_head(false, 415, REFUSAL_REQUEST_TYPE, head.type = NULL);
    expect_head(false, 415, REFUSAL_REQUEST_TYPE, head.type = "");
    expect_head(false, 415, REFUSAL_REQUEST_TYPE, head.type = "text/csvx");
    expect_head(false, 415, REFUSAL_REQUEST_TYPE, head.type = "multipart/form-data; boundary=x");
    expect_head(false, 413, REFUSAL_TOO_LARGE, head.length = "1001");
    expect_head(false, 413, REFUSAL_TOO_LARGE, head.length = "99999999999999999999");
    expect_head(false, 413, REFUSAL_TOO_LARGE, head.length = "-");
    static const char *const names[] = {"",         "a/b.csv",        "..\\b.csv", ".x.csv",
                                        "~$x.xlsx", "x.rejected.csv", "a\nb.csv",  "\xff.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_head(false, 400, REFUSAL_REQUEST_NAME, head.name = names[i]);
}

Test(source_request, without_a_token_only_this_machine_by_its_own_name) {
    static const char *const own[] = {"localhost", "LOCALHOST:8610", "127.0.0.1", "127.8.9.1:1", "[::1]:8610", "[::1]"};
    static const char *const others[] = {"",          "feeds.example", "127.example:8610",     "127.0.0.1.example",
                                         "10.0.0.1",  "[::2]",         "localhost.example:80", "[::1",
                                         "[::1]x:80", "127.0.0.1@evil"};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        expect_head(false, 200, REFUSAL_NONE, head.host = own[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        expect_head(false, 403, REFUSAL_REQUEST_HOST, head.host = others[i]);
    expect_head(false, 403, REFUSAL_REQUEST_HOST, head.host = NULL);
    expect_head(true, 200, REFUSAL_NONE, head.host = "feeds.example");
}

Test(source_request, a_token_is_compared_whole) {
    static const char *const wrong[] = {
        "Bearer", "Bearer ", "Basic " TOKEN, TOKEN, "Bearer " TOKEN "0", "Bearer 123456789abcdef", "bearer"};
    expect_head(true, 401, REFUSAL_REQUEST_TOKEN, head.path = "/人数");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_head(true, 401, REFUSAL_REQUEST_TOKEN, (head.path = "/人数", head.authorization = wrong[i]));
    expect_head(true, 200, REFUSAL_NONE, (head.path = "/人数", head.authorization = "Bearer " TOKEN));
    expect_head(true, 200, REFUSAL_NONE, (head.path = "/人数", head.authorization = "bearer  " TOKEN));
    expect_head(false, 401, REFUSAL_REQUEST_TOKEN, head.path = "/人数");
    /* to others, sources that are not there look like those that are */
    expect_head(true, 401, REFUSAL_REQUEST_TOKEN, (head.path = "/没有", head.authorization = "Bearer " TOKEN));
    expect_head(false, 404, REFUSAL_REQUEST_SOURCE, head.path = "/没有");
}

Test(source_request, addresses) {
    static const struct {
        const char *text;
        bool sound, local;
        unsigned port;
    } rows[] = {{"127.0.0.1:8610", true, true, 8610}, {"127.9.9.9:0", true, true, 0},
                {"[::1]:1", true, true, 1},           {"0.0.0.0:8610", true, false, 8610},
                {"[::]:65535", true, false, 65535},   {"10.1.2.3:80", true, false, 80},
                {"localhost:8610", false, false, 0},  {"127.0.0.1", false, false, 0},
                {"127.0.0.1:", false, false, 0},      {"127.0.0.1:65536", false, false, 0},
                {":8610", false, false, 0},           {"[::1]", false, false, 0},
                {"[::1:8610", false, false, 0},       {"", false, false, 0},
                {"127.0.0.1:8610x", false, false, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request_address address;
        cr_expect_eq(request_address_parse(rows[i].text, &address), rows[i].sound, "%s", rows[i].text);
        if (!rows[i].sound) continue;
        cr_expect_eq(address.local, rows[i].local, "%s", rows[i].text);
        cr_expect_eq(address.port, rows[i].port, "%s", rows[i].text);
    }
}

Test(source_request, other_machines_are_let_in_with_tls_and_tokens_alone) {
    struct rules r;
    rules_open(&r, false);
    cr_expect_null(request_rules_wrong(&r.settings));
    r.settings.http.certificate = "c.pem";
    cr_expect(strstr(request_rules_wrong(&r.settings), "together"));
    r.settings.http.key = "k.pem";
    cr_expect_null(request_rules_wrong(&r.settings));
    r.settings.http.listen = "0.0.0.0:8610";
    cr_expect(strstr(request_rules_wrong(&r.settings), "token"), "进度 has none");
    r.settings.sources.items = &sources[2];
    r.settings.sources.count = 1;
    cr_expect_null(request_rules_wrong(&r.settings));
    r.settings.http.certificate = r.settings.http.key = "";
    cr_expect(strstr(request_rules_wrong(&r.settings), "certificate"));
    r.settings.http.listen = "feeds.example:8610";
    cr_expect(strstr(request_rules_wrong(&r.settings), "127.0.0.1:8610"));
}
