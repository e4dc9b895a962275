#include "services/collector/sql_cell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/text.h"
#include "services/collector/workbook_number.h"

enum { SINGLE_DIGITS = 6, SINGLE_DIGITS_MAX = 9, SINGLE_WHOLE_MAX = 1 << 24 };

static struct slice trimmed(struct slice text) {
    while (text.len && strchr(" \t\r\n", text.ptr[0]))
        text.ptr++, text.len--;
    while (text.len && strchr(" \t\r\n", text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static bool is_no_number(struct slice text) {
    return text.len && !strchr("+-.0123456789", text.ptr[0] == '-' && text.len > 1 ? text.ptr[1] : text.ptr[0]);
}

/* Significant digits, without zeros at either end. */
static size_t digits_of(struct slice text) {
    size_t count = 0, zeros = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] != 'e' && text.ptr[i] != 'E'; i++) {
        if (!isdigit((unsigned char)text.ptr[i])) continue;
        if (text.ptr[i] != '0') {
            count += zeros + 1;
            zeros = 0;
        } else if (count) {
            zeros++;
        }
    }
    return count;
}

/* The 15 digits that are meant, written out. Tiny ones keep their own form: they are refused further on. */
static void read_double(struct slice value, struct sql_cell *out) {
    struct stored stored;
    if (!stored_read(value, &stored)) return;
    out->text = (struct slice){out->own, stored_print(&stored, 0, out->own)};
}

/* The fewest digits that give the same single again. */
static void read_single(struct slice value, struct sql_cell *out) {
    char text[SQL_CELL_TEXT_MAX], shortest[SQL_CELL_TEXT_MAX];
    if (value.len >= sizeof text) return;
    memcpy(text, value.ptr, value.len);
    text[value.len] = 0;
    float single = strtof(text, NULL);
    int digits = 1;
    for (; digits <= SINGLE_DIGITS_MAX; digits++) {
        snprintf(shortest, sizeof shortest, "%.*g", digits, (double)single);
        if (!(strtof(shortest, NULL) < single) && !(strtof(shortest, NULL) > single)) break;
    }
    bool small = single <= SINGLE_WHOLE_MAX && single >= -SINGLE_WHOLE_MAX;
    float cut = small ? (float)(int)single : 0;
    bool whole = small && !(cut < single) && !(cut > single);
    read_double(slice_of(shortest), out);
    if (digits > SINGLE_DIGITS && !whole) out->fault = SQL_CELL_SINGLE;
}

static void read_exact(struct slice value, struct sql_cell *out) {
    if (digits_of(value) > STORED_DIGITS) {
        out->fault = SQL_CELL_TOO_LONG;
    } else if (value.len && (value.ptr[0] == '.' || (value.len > 1 && value.ptr[0] == '-' && value.ptr[1] == '.'))) {
        read_double(value, out); /* .5 is 0.5; so few digits stay as they are */
    }
}

void sql_cell_read(enum answer_kind kind, struct slice value, struct sql_cell *out) {
    out->fault = SQL_CELL_SOUND;
    out->text = kind == ANSWER_BYTES ? (struct slice){"", 0} : trimmed(value);
    bool number = kind == ANSWER_EXACT || kind == ANSWER_DOUBLE || kind == ANSWER_SINGLE;
    if (!text_is_utf8(out->text.ptr, out->text.len, NULL) || memchr(out->text.ptr, 0, out->text.len)) {
        out->text = (struct slice){"", 0};
        out->fault = SQL_CELL_BAD_TEXT;
    } else if (number && is_no_number(out->text)) {
        out->fault = SQL_CELL_ERROR;
    } else if (kind == ANSWER_DOUBLE) {
        read_double(out->text, out);
    } else if (kind == ANSWER_SINGLE) {
        read_single(out->text, out);
    } else if (kind == ANSWER_EXACT) {
        read_exact(out->text, out);
    }
}
