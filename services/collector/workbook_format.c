/* A number format code read for what it says of the number, not for how wide it is. */
#include <string.h>

#include "common/base/text.h"
#include "services/collector/workbook_styles.h"

enum { SHIFT_MAX = 12 };

struct code {
    const char *at;
    bool year, month, day, hour, second, month_of_time; /* m beside h or s means minutes */
    bool percent, point_in_text;
    int commas, places, behind_point; /* scaling commas; placeholders; those behind a point that is only drawn */
    struct cell_format *out;
    size_t unit_len;
};

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* Literal text: a unit when it stands behind the digits. */
static void literal(struct code *code, const char *text, size_t len) {
    if (code->places == 0) return;
    if (len == 1 && *text == '.') {
        code->point_in_text = true;
        return;
    }
    if (code->unit_len + len > FORMAT_UNIT_MAX) return;
    memcpy(code->out->unit + code->unit_len, text, len);
    code->unit_len += len;
}

static void placeholder(struct code *code) {
    code->places++;
    code->behind_point += code->point_in_text;
    code->commas = 0; /* those before a digit only group */
    code->unit_len = 0;
}

static void quoted(struct code *code) {
    const char *begin = ++code->at;
    while (*code->at && *code->at != '"')
        code->at++;
    literal(code, begin, (size_t)(code->at - begin));
    if (*code->at) code->at++;
}

/* [Red] [$¥-804] [>=100] say nothing here; [h] [mm] [ss] are elapsed time. */
static void bracketed(struct code *code) {
    char first = code->at[1];
    if (strchr("hHsS", first) && first && strchr("hHsS]", code->at[2]) && code->at[2]) code->hour = true;
    if (strchr("mM", first) && first && strchr("mM]", code->at[2]) && code->at[2]) code->hour = true;
    while (*code->at && *code->at != ']')
        code->at++;
    if (*code->at) code->at++;
}

static size_t char_len(const char *text) {
    size_t at = 0;
    text_next(text, strlen(text), &at);
    return at;
}

static void escaped(struct code *code) {
    code->at++;
    if (!*code->at) return;
    size_t len = char_len(code->at);
    literal(code, code->at, len);
    code->at += len;
}

static void letter(struct code *code) {
    switch (*code->at) {
    case 'y':
    case 'Y':
    case 'e': /* the year, too; in E+00 it stands behind a digit */
        code->year |= code->places == 0;
        break;
    case 'm':
    case 'M':
        code->month = true;
        break;
    case 'd':
    case 'D':
        code->day = true;
        break;
    case 'h':
    case 'H':
        code->hour = true;
        break;
    case 's':
    case 'S':
        code->second = true;
        break;
    case '%':
        code->percent = true;
        break;
    case ',':
        code->commas += code->places > 0;
        break;
    default:
        break;
    }
    code->at++;
}

/* What stands for itself without quotes: words of any script that is not ASCII. */
static void bare(struct code *code) {
    size_t len = char_len(code->at);
    literal(code, code->at, len);
    code->at += len;
}

static void next(struct code *code) {
    static const char *const plain[] = {"General", "GENERAL", "general", "G/通用格式", "@"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (begins(code->at, plain[i])) {
            code->at += strlen(plain[i]);
            placeholder(code);
            return;
        }
    char c = *code->at;
    if (c == '"')
        quoted(code);
    else if (c == '[')
        bracketed(code);
    else if (c == '\\' || c == '!')
        escaped(code);
    else if (c == '_' || c == '*') /* room as wide as a character; a character repeated */
        code->at += 1 + (code->at[1] ? char_len(code->at + 1) : 0);
    else if (c == '0' || c == '#' || c == '?')
        code->at++, placeholder(code);
    else if ((unsigned char)c >= 0x80)
        bare(code);
    else
        letter(code);
}

static void finish_unit(struct code *code) {
    char *unit = code->out->unit;
    size_t from = 0;
    unit[code->unit_len] = 0;
    while (unit[from] == ' ')
        from++;
    while (code->unit_len > from && unit[code->unit_len - 1] == ' ')
        code->unit_len--;
    memmove(unit, unit + from, code->unit_len - from);
    unit[code->unit_len - from] = 0;
    /* what begins like a number or a bracket would be read as part of one */
    if (strchr("0123456789.,+-()", unit[0])) unit[0] = 0;
}

struct cell_format format_read(const char *text) {
    struct cell_format out = {.kind = FORMAT_NUMBER};
    struct code code = {.at = text, .out = &out};
    while (*code.at && *code.at != ';') /* the first section: what is shown of a positive number */
        next(&code);
    bool time = code.hour || code.second;
    if (code.places == 0 && (code.year || code.day || (code.month && !time)))
        out.kind = code.day ? FORMAT_DATE : FORMAT_MONTH;
    else if (code.places == 0 && time)
        out.kind = FORMAT_TIME;
    else if (code.percent)
        out.kind = FORMAT_PERCENT;
    if (out.kind == FORMAT_MONTH && !code.month) out.kind = FORMAT_DATE; /* the year alone: the day as stored */
    finish_unit(&code);
    if (out.kind != FORMAT_NUMBER) out.unit[0] = 0;
    if (out.kind == FORMAT_PERCENT) out.shift = 2;
    if (out.kind == FORMAT_NUMBER || out.kind == FORMAT_PERCENT) out.shift -= 3 * code.commas + code.behind_point;
    if (out.shift < -SHIFT_MAX) out.shift = -SHIFT_MAX;
    return out;
}
