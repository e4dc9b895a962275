#include "common/base/message.h"

#include <string.h>

bool lang_parse(const char *text, enum lang *out) {
    bool zh = strncmp(text, "zh", 2) == 0, en = strncmp(text, "en", 2) == 0;
    if ((!zh && !en) || (text[2] != '\0' && text[2] != '_' && text[2] != '-' && text[2] != '.')) return false;
    *out = zh ? LANG_ZH : LANG_EN;
    return true;
}

const char *message(const struct messages *table, enum lang lang, const char *en) {
    for (size_t i = 0; lang == LANG_ZH && i < table->count; i++) {
        if (strcmp(table->rows[i].en, en) == 0) return table->rows[i].zh;
    }
    return en;
}

enum { ARGUMENTS_MAX = 16, CONVERSION_MAX = 8 };

/* The conversions of a format by argument ("zu", "s", ".*s"), so that "%2$s %1$d" and "%d %s" compare equal. */
static size_t conversions(const char *format, char out[ARGUMENTS_MAX][CONVERSION_MAX]) {
    size_t count = 0;
    memset(out, 0, ARGUMENTS_MAX * CONVERSION_MAX);
    for (const char *at = strchr(format, '%'); at; at = strchr(at, '%')) {
        at++;
        if (*at == '%') {
            at++;
            continue;
        }
        size_t index = count;
        size_t digits = strspn(at, "0123456789");
        if (digits && at[digits] == '$') {
            index = (size_t)(at[0] - '1');
            at += digits + 1;
        }
        size_t len = 0;
        for (; *at && len + 1 < CONVERSION_MAX && index < ARGUMENTS_MAX; at++) {
            if (!strchr("-+ #0123456789.", *at)) out[index][len++] = *at;
            if (strchr("diouxXeEfFgGaAcspn", *at)) break;
        }
        count++;
    }
    return count;
}

static bool same_arguments(const char *a, const char *b) {
    char x[ARGUMENTS_MAX][CONVERSION_MAX], y[ARGUMENTS_MAX][CONVERSION_MAX];
    return conversions(a, x) == conversions(b, y) && memcmp(x, y, sizeof x) == 0;
}

const struct message_row *message_unsound(const struct messages *table) {
    for (size_t i = 0; i < table->count; i++) {
        const struct message_row *row = &table->rows[i];
        if (!row->en || !row->zh || !same_arguments(row->en, row->zh)) return row;
        for (size_t j = 0; j < i; j++) {
            if (strcmp(table->rows[j].en, row->en) == 0) return row;
        }
    }
    return NULL;
}
