#include "services/collector/number.h"

#include <string.h>

#include "common/base/text.h"

enum { DIGITS_MAX = 60, DIGITS_OF_A_DOUBLE = 15, EXPONENT_MAX = 9999 };
__extension__ typedef __int128 wide;

struct scan {
    const char *at; /* NUL-terminated, half-width */
    char digits[DIGITS_MAX];
    size_t count;
    long scale; /* digits behind the point, less the exponent */
    bool negative;
    enum refusal_code code;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void scan_digit(struct scan *scan, char digit) {
    if (scan->count == 0 && digit == '0') return; /* a leading zero says nothing */
    if (scan->count < DIGITS_MAX) scan->digits[scan->count] = digit;
    if (scan->count++ >= DIGITS_MAX) scan->code = REFUSAL_OUT_OF_RANGE;
}

static size_t scan_group(struct scan *scan) {
    size_t length = 0;
    for (; is_digit(*scan->at); length++)
        scan_digit(scan, *scan->at++);
    return length;
}

/* 1,000 or 1 000, groups of exactly three behind the first, one kind of separator. */
static void scan_whole(struct scan *scan) {
    size_t length = scan_group(scan), first = length;
    char separator = 0;
    while ((*scan->at == ',' || *scan->at == ' ') && is_digit(scan->at[1])) {
        if ((separator && *scan->at != separator) || first == 0 || first > 3) scan->code = REFUSAL_SEPARATOR;
        separator = *scan->at++;
        length = scan_group(scan);
        if (length != 3) scan->code = REFUSAL_SEPARATOR;
    }
}

static void scan_fraction(struct scan *scan) {
    if (*scan->at != '.') return;
    scan->at++;
    while (is_digit(*scan->at)) {
        scan->scale++;
        scan_digit(scan, *scan->at++);
    }
}

static void scan_exponent(struct scan *scan) {
    const char *at = scan->at;
    if (*at != 'e' && *at != 'E') return;
    at++;
    bool down = *at == '-';
    if (*at == '-' || *at == '+') at++;
    if (!is_digit(*at)) return;
    long exponent = 0;
    for (; is_digit(*at); at++)
        if (exponent < EXPONENT_MAX) exponent = exponent * 10 + (*at - '0');
    scan->scale += down ? exponent : -exponent;
    scan->at = at;
}

/* 485.79999999999995 is what a double made of 485.8. */
static void round_to_double(struct scan *scan) {
    if (scan->count <= DIGITS_OF_A_DOUBLE) return;
    bool up = scan->digits[DIGITS_OF_A_DOUBLE] >= '5';
    scan->scale -= (long)(scan->count - DIGITS_OF_A_DOUBLE);
    scan->count = DIGITS_OF_A_DOUBLE;
    for (size_t i = scan->count; up && i-- > 0;) {
        up = scan->digits[i] == '9';
        scan->digits[i] = up ? '0' : (char)(scan->digits[i] + 1);
    }
    if (!up) return;
    memmove(scan->digits + 1, scan->digits, scan->count - 1);
    scan->digits[0] = '1';
    scan->scale--;
}

static enum refusal_code scan_value(struct scan *scan, struct decimal *out) {
    round_to_double(scan);
    int64_t mantissa = 0;
    for (size_t i = 0; i < scan->count; i++)
        mantissa = mantissa * 10 + (scan->digits[i] - '0');
    long scale = scan->scale;
    for (; scale > 0 && mantissa % 10 == 0; scale--) {
        if (mantissa == 0) break;
        mantissa /= 10;
    }
    if (mantissa == 0) scale = 0;
    for (; scale < 0; scale++) {
        if (mantissa > INT64_MAX / 10) return REFUSAL_OUT_OF_RANGE;
        mantissa *= 10;
    }
    if (scale > DECIMAL_SCALE_MAX) return REFUSAL_DECIMALS;
    if (scan->negative) mantissa = -mantissa;
    return decimal_make(mantissa, (unsigned)scale, out) ? REFUSAL_OUT_OF_RANGE : REFUSAL_NONE;
}

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

static bool begins_one(const char *text, const char *const *words, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (begins(text, words[i])) return true;
    return false;
}
#define BEGINS_ONE(text, words) begins_one(text, words, sizeof(words) / sizeof *(words))

/* No number at all: is it a word for one? */
static enum refusal_code word_code(const char *text) {
    static const char *const inexact[] = {"约", "大约", "近", "超", "不足", "不到", "将近", "≥",  "≤",  ">",  "<",
                                          "＞", "＜",   "一", "二", "三",   "四",   "五",   "六", "七", "八", "九",
                                          "十", "百",   "千", "两", "壹",   "贰",   "叁",   "几", "数", "多"};
    if (begins(text, "同上") || strcmp(text, "\"") == 0) return REFUSAL_DITTO;
    return BEGINS_ONE(text, inexact) ? REFUSAL_NOT_EXACT : REFUSAL_NOT_A_NUMBER;
}

/* What stands behind a number makes it inexact, or is a unit. */
static enum refusal_code rest_code(const char *rest) {
    static const char *const inexact[] = {"左右", "多", "余", "以上", "以下", "上下", "几", "来", "成",
                                          "+",    "-",  "~",  "～",   "至",   "到",   "—",  "–",  "…"};
    static const char *const brackets[] = {"(", "（", "["};
    if (BEGINS_ONE(rest, inexact)) return REFUSAL_NOT_EXACT;
    if (BEGINS_ONE(rest, brackets)) return REFUSAL_NOTE_IN_CELL;
    if (*rest == ',' && rest[1] && !is_digit(rest[1])) return REFUSAL_NOTE_IN_CELL; /* 57，偏慢 */
    if (strpbrk(rest, ",")) return REFUSAL_SEPARATOR;
    if (strcmp(rest, "e") == 0 || strcmp(rest, "E") == 0) return REFUSAL_NOT_A_NUMBER;
    if (strpbrk(rest, "0123456789.")) return REFUSAL_NOT_A_NUMBER;
    return strstr(rest, "(") ? REFUSAL_NOTE_IN_CELL : REFUSAL_NONE;
}

static bool is_blank(const char *text) {
    static const char *const blanks[] = {"/", "无", "／", "—", "——", "－", "–"};
    if (text[strspn(text, "- ")] == 0) return true;
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (strcmp(text, blanks[i]) == 0) return true;
    return false;
}

/* "57%（赤溪、灵溪偏慢）": the words keep their own form, so they are cut from the cell as written. */
static struct slice cut_note(struct arena *arena, struct slice *cell) {
    for (size_t i = 0; i < cell->len; i++) {
        size_t mark = cell->ptr[i] == '(' ? 1 : cell->len - i >= 3 && memcmp(cell->ptr + i, "（", 3) == 0 ? 3 : 0;
        if (!mark) continue;
        size_t begin = i + mark, end = cell->len;
        while (end > begin && cell->ptr[end - 1] == ' ')
            end--;
        if (end - begin >= 1 && cell->ptr[end - 1] == ')')
            end--;
        else if (end - begin >= 3 && memcmp(cell->ptr + end - 3, "）", 3) == 0)
            end -= 3;
        cell->len = i;
        return slice_of(arena_text(arena, cell->ptr + begin, end - begin));
    }
    return (struct slice){NULL, 0};
}

static const char *half_width(struct arena *arena, struct slice cell) {
    struct buffer half = {0};
    text_halfwidth(cell.ptr ? cell.ptr : "", cell.len, &half);
    const char *text = arena_text(arena, buffer_text(&half), half.len);
    buffer_finish(&half);
    return *text == '\'' ? text + 1 : text;
}

static struct number refused(enum refusal_code code) {
    return (struct number){.kind = NUMBER_REFUSED, .code = code};
}

struct number number_read(struct arena *arena, struct slice cell, bool number_and_note) {
    struct slice note = number_and_note ? cut_note(arena, &cell) : (struct slice){NULL, 0};
    struct scan scan = {.at = half_width(arena, cell)};
    if (is_blank(scan.at)) return (struct number){.kind = NUMBER_BLANK, .note = note};
    if (strcmp(scan.at, "无变化") == 0) return (struct number){.kind = NUMBER_NO_CHANGE, .note = note};
    if (*scan.at == '#') return refused(REFUSAL_ERROR_VALUE);
    const char *begin = scan.at;
    scan.negative = *scan.at == '-';
    if (*scan.at == '-' || *scan.at == '+') scan.at++;
    if (!is_digit(*scan.at) && !(*scan.at == '.' && is_digit(scan.at[1]))) return refused(word_code(begin));
    scan_whole(&scan);
    scan_fraction(&scan);
    scan_exponent(&scan);
    while (*scan.at == '.' || begins(scan.at, "。"))
        scan.at += *scan.at == '.' ? 1 : 3;
    while (*scan.at == ' ')
        scan.at++;
    struct number out = {.kind = NUMBER_VALUE, .unit = slice_of(scan.at), .note = note};
    enum refusal_code code = scan.code ? scan.code : rest_code(scan.at);
    if (!code) code = scan_value(&scan, &out.value);
    return code ? refused(code) : out;
}

bool number_multiply(struct decimal a, struct decimal b, struct decimal *out) {
    wide product = (wide)a.mantissa * b.mantissa;
    unsigned scale = (unsigned)a.scale + b.scale;
    for (; scale > 0 && product % 10 == 0; scale--)
        product /= 10;
    if (product > INT64_MAX || product < INT64_MIN) return false;
    return decimal_make((int64_t)product, scale, out) == PROTO_OK;
}

#define LATIN " .ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

enum state state_read(struct slice cell, bool *words) {
    static const char *const done[] = {"已完成", "完成", "全部完成", "已全部完成", "是", "√", "✓", "✔", "true"};
    static const char *const not_done[] = {"否", "×", "✗", "✘", "x", "X", "false", "没有"};
    static const char *const nearly[] = {"完成", "建成", "办结", "竣工", "达标"};
    char text[256];
    struct buffer half = {0};
    text_halfwidth(cell.ptr ? cell.ptr : "", cell.len, &half);
    size_t len = text_cut_bytes(buffer_text(&half), half.len, sizeof text - 1);
    memcpy(text, buffer_text(&half), len);
    text[len] = 0;
    buffer_finish(&half);
    *words = false;
    for (size_t i = 0; i < sizeof done / sizeof *done; i++)
        if (strcmp(text, done[i]) == 0) return STATE_DONE;
    for (size_t i = 0; i < sizeof not_done / sizeof *not_done; i++)
        if (strcmp(text, not_done[i]) == 0) return STATE_NOT_DONE;
    if (begins(text, "未") || begins(text, "尚未")) return STATE_NOT_DONE;
    for (size_t i = 0; i < sizeof nearly / sizeof *nearly; i++)
        if (strstr(text, nearly[i])) return STATE_UNCLEAR;
    if (strpbrk(text, "0123456789#?")) return STATE_UNCLEAR;
    if (text[strspn(text, LATIN)] == 0) return STATE_UNCLEAR; /* y, ok: no words about the work */
    *words = true;
    return STATE_NOT_DONE;
}
