/* The request line, headers and bodies: what is read, and what is refused. */
#include <criterion/criterion.h>
#include <string.h>

#include "services/board/request.h"

static struct request_line line;

static enum request_wrong read_line(const char *target) {
    return request_line_read(target, strlen(target), &line);
}

Test(request, a_path_has_parts_and_a_query_parameters) {
    cr_assert_eq(read_line("/"), REQUEST_FINE);
    cr_expect_eq(line.part_count, 0);
    cr_assert_eq(read_line("/units/%E5%B8%82%E6%95%99%E8%82%B2%E5%B1%80?as_of=2021-09-30&x=a+b%2Bc&flag"), REQUEST_FINE);
    cr_assert_eq(line.part_count, 2);
    cr_expect_str_eq(line.parts[0], "units");
    cr_expect_str_eq(line.parts[1], "市教育局");
    cr_assert_eq(line.parameter_count, 3);
    cr_expect_str_eq(request_parameter(&line, "as_of"), "2021-09-30");
    cr_expect_str_eq(request_parameter(&line, "x"), "a b+c");
    cr_expect_str_eq(request_parameter(&line, "flag"), "");
    cr_expect_null(request_parameter(&line, "y"));
    cr_assert_eq(read_line("/a+b"), REQUEST_FINE);
    cr_expect_str_eq(line.parts[0], "a+b", "a plus is a space in queries alone");
}

Test(request, tricks_and_rubbish_are_refused) {
    static const struct {
        const char *target;
        enum request_wrong wrong;
    } cases[] = {
        {"", REQUEST_BAD_PATH},
        {"areas", REQUEST_BAD_PATH},
        {"http://other/areas", REQUEST_BAD_PATH},
        {"//areas", REQUEST_BAD_PATH},
        {"/areas/", REQUEST_BAD_PATH},
        {"/areas//510823", REQUEST_BAD_PATH},
        {"/../etc/passwd", REQUEST_BAD_PATH},
        {"/a/./x", REQUEST_BAD_PATH},
        {"/a/%2e%2e", REQUEST_BAD_PATH},
        {"/a/..%2f..%2fetc", REQUEST_BAD_PATH},
        {"/a/x%5cy", REQUEST_BAD_PATH},
        {"/a/%00", REQUEST_BAD_ENCODING},
        {"/a/%0a", REQUEST_BAD_ENCODING},
        {"/a/%4", REQUEST_BAD_ENCODING},
        {"/a/%", REQUEST_BAD_ENCODING},
        {"/a/%g1", REQUEST_BAD_ENCODING},
        {"/a/%ff", REQUEST_BAD_ENCODING},
        {"/a/%c0%af", REQUEST_BAD_ENCODING},
        {"/a/\xE5\xB8", REQUEST_BAD_ENCODING},
        {"/x?as_of=%ff", REQUEST_BAD_ENCODING},
        {"/x?%00=1", REQUEST_BAD_ENCODING},
        {"/x?a=1&a=2", REQUEST_REPEATED},
        {"/1/2/3/4/5/6/7/8/9", REQUEST_TOO_LONG},
        {"/x?a&b&c&d&e&f&g&h&i&j&k&l&m", REQUEST_TOO_LONG},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(read_line(cases[i].target), cases[i].wrong, "%s: %d", cases[i].target, read_line(cases[i].target));
    static char longest[REQUEST_TARGET_MAX + 8];
    memset(longest, 'x', sizeof longest - 1);
    longest[0] = '/';
    cr_expect_eq(read_line(longest), REQUEST_TOO_LONG);
}

Test(request, a_cookie_is_taken_once) {
    struct slice value;
    cr_assert(request_cookie("theme=dark; __Host-duban=abc123; x=y", "__Host-duban", &value));
    cr_expect(slice_is(value, "abc123"));
    cr_assert(request_cookie("__Host-duban=", "__Host-duban", &value));
    cr_expect_eq(value.len, 0);
    cr_expect_not(request_cookie("__Host-duban=a; __Host-duban=b", "__Host-duban", &value), "a planted second one");
    cr_expect_not(request_cookie("X__Host-duban=a", "__Host-duban", &value));
    cr_expect_not(request_cookie("__Host-duban", "__Host-duban", &value));
    cr_expect_not(request_cookie("", "__Host-duban", &value));
    cr_expect_not(request_cookie(NULL, "__Host-duban", &value));
}

Test(request, tags_are_compared_whole) {
    static const char tag[] = "\"0123\"";
    cr_expect(request_names_tag("\"0123\"", tag));
    cr_expect(request_names_tag("W/\"0123\"", tag));
    cr_expect(request_names_tag("\"a\", \"0123\" ,\"b\"", tag));
    cr_expect(request_names_tag("*", tag));
    cr_expect_not(request_names_tag("\"01234\"", tag));
    cr_expect_not(request_names_tag("0123", tag));
    cr_expect_not(request_names_tag("\"0123", tag));
    cr_expect_not(request_names_tag("\"a\" \"0123\"", tag));
    cr_expect_not(request_names_tag("", tag));
    cr_expect_not(request_names_tag(NULL, tag));
}

Test(request, gzip_is_sent_to_those_who_take_it) {
    cr_expect(request_accepts_gzip("gzip"));
    cr_expect(request_accepts_gzip("br, GZIP;q=0.5"));
    cr_expect(request_accepts_gzip("deflate , gzip"));
    cr_expect_not(request_accepts_gzip("gzip;q=0"));
    cr_expect_not(request_accepts_gzip("gzip; q=0.000, br"));
    cr_expect_not(request_accepts_gzip("xgzip"));
    cr_expect_not(request_accepts_gzip("identity"));
    cr_expect_not(request_accepts_gzip(NULL));
}

Test(request, bodies_are_json) {
    cr_expect(request_is_json("application/json"));
    cr_expect(request_is_json("Application/JSON; charset=UTF-8"));
    cr_expect_not(request_is_json("application/json; charset=gbk"));
    cr_expect_not(request_is_json("application/jsonp"));
    cr_expect_not(request_is_json("text/plain"));
    cr_expect_not(request_is_json(NULL));
}

static json_t *read_body(const char *text, char why[REQUEST_WHY_MAX]) {
    return request_body_read(text, strlen(text), why);
}

Test(request, a_body_is_one_object) {
    char why[REQUEST_WHY_MAX] = "";
    json_t *body = read_body(" {\"target\": \"T06.1\", \"n\": {\"a\": [1]}} ", why);
    cr_assert_not_null(body, "%s", why);
    cr_expect_str_eq(json_string_value(json_object_get(body, "target")), "T06.1");
    json_decref(body);
    static const char *const wrong[] = {
        "", "[]", "1", "{", "{}{}", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "{'a':1}", "{\"a\":\"\\u0000\"}", "{\"a\":\"\xFF\"}",
        "[[[[[[[[[[[[]]]]]]]]]]]]", "{\"a\":[[[[[[[[1]]]]]]]]}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        *why = '\0';
        cr_expect_null(read_body(wrong[i], why), "%s", wrong[i]);
        cr_expect(*why, "%s", wrong[i]);
    }
    static char large[REQUEST_BODY_MAX + 2];
    memset(large, ' ', sizeof large);
    memcpy(large, "{}", 2);
    cr_expect_null(request_body_read(large, sizeof large - 1, why));
}
