#include "common/report/json.h"

#include <criterion/criterion.h>
#include <string.h>

#include "common/base/cleanup.h"

Test(json, absent_is_null_and_figures_are_text) {
    static const struct figure value = {.form = FIGURE_VALUE, .value = {4858, 1}};
    static const struct figure fraction = {.form = FIGURE_FRACTION, .value = {87, 0}, .denominator = {100, 0}};
    static const struct figure done = {.form = FIGURE_DONE, .done = true};
    static const struct figure none = {.form = FIGURE_NONE};
    CLEAN(buffer_finish) struct buffer out = {0};
    json_t *document = json_document();
    json_object_set_new(document, "a", json_of_figure(&value));
    json_object_set_new(document, "b", json_of_figure(&fraction));
    json_object_set_new(document, "c", json_of_figure(&done));
    json_object_set_new(document, "d", json_of_figure(&none));
    json_object_set_new(document, "e", json_of_day(DAY_NONE));
    json_object_set_new(document, "f", json_of_instant((struct instant){0}));
    json_object_set_new(document, "g", json_of_decimal(false, (struct decimal){1, 0}));
    json_object_set_new(document, "h", json_of_hex("\x01\xff", 2));
    json_print(document, &out);
    cr_assert_str_eq(buffer_text(&out),
                     "{\n \"schema\": 1,\n \"a\": \"485.8\",\n \"b\": \"87/100\",\n \"c\": \"done\",\n"
                     " \"d\": null,\n \"e\": null,\n \"f\": \"1970-01-01T08:00:00+08:00\",\n"
                     " \"g\": null,\n \"h\": \"01ff\"\n}\n");
}

Test(json, uids_there_and_back) {
    uint8_t uid[EVENT_UID_BYTES], back[EVENT_UID_BYTES];
    char text[37];
    for (uint8_t i = 0; i < EVENT_UID_BYTES; i++)
        uid[i] = (uint8_t)(i * 17);
    uid_print(uid, text);
    cr_assert_str_eq(text, "00112233-4455-6677-8899-aabbccddeeff");
    cr_assert(uid_parse(text, back));
    cr_assert_arr_eq(uid, back, EVENT_UID_BYTES);
    cr_assert(uid_parse("00112233445566778899AABBCCDDEEFF", back));
    cr_assert_arr_eq(uid, back, EVENT_UID_BYTES);
    static const char *const wrong[] = {"", "0011", "00112233-4455-6677-8899-aabbccddeeff0",
                                        "g0112233-4455-6677-8899-aabbccddeeff", "T06.1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_not(uid_parse(wrong[i], back), "%s", wrong[i]);
}
