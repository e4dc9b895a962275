#include "common/report/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_of_text(const char *text) {
    return text && *text ? json_string(text) : json_null();
}

json_t *json_of_slice(struct slice text) {
    return text.ptr && text.len ? json_stringn(text.ptr, text.len) : json_null();
}

json_t *json_of_day(struct day day) {
    char text[DAY_TEXT_MAX];
    day_print(day, text);
    return json_of_text(text);
}

json_t *json_of_instant(struct instant at) {
    char text[INSTANT_TEXT_MAX];
    instant_print(at, text);
    return json_of_text(text);
}

json_t *json_of_decimal(bool has, struct decimal value) {
    char text[DECIMAL_TEXT_MAX];
    if (!has) return json_null();
    decimal_print(value, text);
    return json_string(text);
}

void uid_print(const uint8_t uid[EVENT_UID_BYTES], char out[37]) {
    size_t at = 0;
    for (size_t i = 0; i < EVENT_UID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out[at++] = '-';
        snprintf(out + at, 3, "%02x", uid[i]);
        at += 2;
    }
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool uid_parse(const char *text, uint8_t out[EVENT_UID_BYTES]) {
    size_t digits = 0;
    for (; *text; text++) {
        if (*text == '-') continue;
        int digit = hex_digit(*text);
        if (digit < 0 || digits == 2 * EVENT_UID_BYTES) return false;
        out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] | digit : digit << 4);
        digits++;
    }
    return digits == 2 * EVENT_UID_BYTES;
}

json_t *json_of_uid(const uint8_t uid[EVENT_UID_BYTES]) {
    char text[37];
    uid_print(uid, text);
    return json_string(text);
}

json_t *json_of_hex(const void *bytes, size_t len) {
    const uint8_t *byte = bytes;
    char text[65];
    if (!bytes || len > 32) return json_null();
    for (size_t i = 0; i < len; i++)
        snprintf(text + 2 * i, 3, "%02x", byte[i]);
    return json_string(text);
}

void figure_words(const struct figure *figure, char *out, size_t capacity) {
    char value[DECIMAL_TEXT_MAX], denominator[DECIMAL_TEXT_MAX];
    switch (figure->form) {
    case FIGURE_VALUE:
        decimal_print(figure->value, value);
        snprintf(out, capacity, "%s", value);
        return;
    case FIGURE_FRACTION:
        decimal_print(figure->value, value);
        decimal_print(figure->denominator, denominator);
        snprintf(out, capacity, "%s/%s", value, denominator);
        return;
    case FIGURE_DONE:
        snprintf(out, capacity, "%s", figure->done ? "已完成" : "未完成");
        return;
    case FIGURE_NONE:
        break;
    }
    out[0] = '\0';
}

json_t *json_of_figure(const struct figure *figure) {
    char text[2 * DECIMAL_TEXT_MAX + 2];
    if (figure->form == FIGURE_DONE) return json_string(figure->done ? "done" : "not_done");
    figure_words(figure, text, sizeof text);
    return json_of_text(text);
}

json_t *json_document(void) {
    return json_pack("{s:i}", "schema", 1);
}

void json_print(json_t *document, struct buffer *out) {
    char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
    json_decref(document);
    if (!text) {
        out->failed = true;
        return;
    }
    buffer_add_text(out, text);
    buffer_add_char(out, '\n');
    free(text);
}
