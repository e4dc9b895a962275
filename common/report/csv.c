#include "common/report/csv.h"

#include <string.h>

void csv_begin(struct csv *csv, struct buffer *out) {
    *csv = (struct csv){.out = out};
    buffer_add_text(out, "\xEF\xBB\xBF");
}

static void separate(struct csv *csv) {
    if (csv->open) buffer_add_char(csv->out, ',');
    csv->open = true;
}

void csv_text(struct csv *csv, const char *text) {
    separate(csv);
    if (!text || !*text) return;
    bool formula = strchr("=+-@\t\r", *text) != NULL;
    bool quoted = strpbrk(text, ",\"\r\n") != NULL || *text == ' ';
    if (quoted) buffer_add_char(csv->out, '"');
    if (formula) buffer_add_char(csv->out, '\'');
    for (; *text; text++) {
        if (*text == '"') buffer_add_char(csv->out, '"');
        buffer_add_char(csv->out, *text);
    }
    if (quoted) buffer_add_char(csv->out, '"');
}

void csv_number(struct csv *csv, const char *text) {
    separate(csv);
    buffer_add_text(csv->out, text ? text : "");
}

void csv_end_row(struct csv *csv) {
    buffer_add_text(csv->out, "\r\n");
    csv->open = false;
}
