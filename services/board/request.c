#include "services/board/request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/base/text.h"

enum request_method request_method_of(const char *word) {
    static const char *const words[] = {"GET", "HEAD", "POST", "DELETE"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0) return (enum request_method)i;
    return REQUEST_OTHER;
}

/* --- the request line --- */

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Decodes one part, name or value behind out; gives its text, NULL when it is broken. plus: '+' is a space. */
static const char *decode(const char *from, size_t len, bool plus, char **out) {
    char *start = *out, *to = start;
    for (size_t i = 0; i < len; i++) {
        char c = from[i];
        if (c == '%') {
            int high = i + 2 < len ? hex_digit(from[i + 1]) : -1, low = i + 2 < len ? hex_digit(from[i + 2]) : -1;
            if (high < 0 || low < 0) return NULL;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        *to++ = c;
    }
    *to++ = '\0';
    size_t decoded = (size_t)(to - start) - 1;
    if (!text_is_utf8(start, decoded, NULL) || text_has_control(start, decoded)) return NULL;
    *out = to;
    return start;
}

static bool is_trick(const char *part) {
    return *part == '\0' || strcmp(part, ".") == 0 || strcmp(part, "..") == 0 || strpbrk(part, "/\\") != NULL;
}

static enum request_wrong read_path(const char *path, size_t len, struct request_line *out, char **room) {
    if (len == 0 || *path != '/') return REQUEST_BAD_PATH;
    size_t at = 1;
    while (at < len) {
        const char *slash = memchr(path + at, '/', len - at);
        size_t end = slash ? (size_t)(slash - path) : len;
        if (out->part_count == REQUEST_PARTS_MAX) return REQUEST_TOO_LONG;
        const char *part = decode(path + at, end - at, false, room);
        if (!part) return REQUEST_BAD_ENCODING;
        if (is_trick(part)) return REQUEST_BAD_PATH;
        out->parts[out->part_count++] = part;
        if (end + 1 == len) return REQUEST_BAD_PATH; /* a slash at the end */
        at = end + 1;
    }
    return REQUEST_FINE;
}

static enum request_wrong read_query(const char *query, size_t len, struct request_line *out, char **room) {
    for (size_t at = 0; at < len;) {
        const char *and = memchr(query + at, '&', len - at);
        size_t end = and ? (size_t)(and - query) : len;
        const char *equals = memchr(query + at, '=', end - at);
        size_t name_end = equals ? (size_t)(equals - query) : end;
        if (end > at) {
            if (out->parameter_count == REQUEST_PARAMETERS_MAX) return REQUEST_TOO_LONG;
            const char *name = decode(query + at, name_end - at, true, room);
            const char *value = !name ? NULL : equals ? decode(equals + 1, end - name_end - 1, true, room) : "";
            if (!value) return REQUEST_BAD_ENCODING;
            if (request_parameter(out, name)) return REQUEST_REPEATED;
            out->parameters[out->parameter_count++] = (struct request_parameter){name, value};
        }
        at = end + 1;
    }
    return REQUEST_FINE;
}

enum request_wrong request_line_read(const char *target, size_t len, struct request_line *out) {
    out->part_count = out->parameter_count = 0;
    if (len >= REQUEST_TARGET_MAX - REQUEST_PARTS_MAX - 2 * REQUEST_PARAMETERS_MAX) return REQUEST_TOO_LONG;
    char *room = out->text; /* each decoded text is no longer than what it was made from, and one NUL */
    const char *mark = memchr(target, '?', len);
    size_t path_len = mark ? (size_t)(mark - target) : len;
    enum request_wrong wrong = read_path(target, path_len, out, &room);
    return wrong || !mark ? wrong : read_query(mark + 1, len - path_len - 1, out, &room);
}

const char *request_parameter(const struct request_line *line, const char *name) {
    for (size_t i = 0; i < line->parameter_count; i++)
        if (strcmp(line->parameters[i].name, name) == 0) return line->parameters[i].value;
    return NULL;
}

/* --- headers --- */

static const char *skip_spaces(const char *text) {
    while (*text == ' ' || *text == '\t') text++;
    return text;
}

bool request_cookie(const char *header, const char *name, struct slice *value) {
    size_t name_len = strlen(name);
    unsigned found = 0;
    for (const char *at = header; at && *at;) {
        at = skip_spaces(at);
        size_t len = strcspn(at, ";");
        if (len > name_len && strncmp(at, name, name_len) == 0 && at[name_len] == '=') {
            *value = (struct slice){at + name_len + 1, len - name_len - 1};
            while (value->len && strchr(" \t", value->ptr[value->len - 1])) value->len--;
            found++;
        }
        at += len;
        at += *at == ';';
    }
    return found == 1;
}

bool request_names_tag(const char *header, const char *tag) {
    size_t tag_len = strlen(tag);
    for (const char *at = header; at && *at;) {
        at = skip_spaces(at);
        if (*at == '*') return true;
        if (strncmp(at, "W/", 2) == 0) at += 2;
        if (*at != '"') return false;
        const char *end = strchr(at + 1, '"');
        if (!end) return false;
        if ((size_t)(end + 1 - at) == tag_len && strncmp(at, tag, tag_len) == 0) return true;
        at = skip_spaces(end + 1);
        if (*at && *at != ',') return false;
        at += *at == ',';
    }
    return false;
}

/* "gzip;q=0", "gzip;q=0.000": written to be refused. */
static bool is_zero_quality(const char *parameters, size_t len) {
    const char *q = NULL;
    for (size_t i = 0; i + 1 < len; i++)
        if ((parameters[i] == 'q' || parameters[i] == 'Q') && parameters[i + 1] == '=') q = parameters + i + 2;
    if (!q) return false;
    for (; q < parameters + len; q++)
        if (*q != '0' && *q != '.' && *q != ' ' && *q != '\t') return false;
    return true;
}

bool request_accepts_gzip(const char *header) {
    for (const char *at = header; at && *at;) {
        at = skip_spaces(at);
        size_t len = strcspn(at, ","), word = strcspn(at, ",; \t");
        if (word == 4 && strncasecmp(at, "gzip", 4) == 0) return !is_zero_quality(at + word, len - word);
        at += len;
        at += *at == ',';
    }
    return false;
}

bool request_is_json(const char *content_type) {
    static const char json[] = "application/json";
    if (!content_type || strncasecmp(content_type, json, sizeof json - 1) != 0) return false;
    const char *rest = skip_spaces(content_type + sizeof json - 1);
    if (*rest == '\0') return true;
    if (*rest != ';') return false;
    rest = skip_spaces(rest + 1);
    return strcasecmp(rest, "charset=utf-8") == 0 || strcasecmp(rest, "charset=\"utf-8\"") == 0;
}

/* --- bodies --- */

/* Brackets outside strings, so that no parser is asked to go deeper. */
static bool is_too_deep(const char *bytes, size_t len) {
    unsigned depth = 0;
    bool text = false;
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (text) {
            if (c == '\\') i++;
            else if (c == '"') text = false;
        } else if (c == '"') {
            text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > REQUEST_BODY_DEPTH) return true;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        }
    }
    return false;
}

json_t *request_body_read(const char *bytes, size_t len, char why[REQUEST_WHY_MAX]) {
    size_t bad = 0;
    if (len > REQUEST_BODY_MAX) {
        snprintf(why, REQUEST_WHY_MAX, "more than %d bytes", REQUEST_BODY_MAX);
        return NULL;
    }
    if (!text_is_utf8(bytes, len, &bad)) {
        snprintf(why, REQUEST_WHY_MAX, "byte %zu is not UTF-8", bad);
        return NULL;
    }
    if (is_too_deep(bytes, len)) {
        snprintf(why, REQUEST_WHY_MAX, "nested deeper than %d", REQUEST_BODY_DEPTH);
        return NULL;
    }
    json_error_t error;
    json_t *body = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
    if (!body)
        snprintf(why, REQUEST_WHY_MAX, "line %d, column %d: %.*s", error.line, error.column,
                 (int)text_cut_bytes(error.text, strlen(error.text), 100), error.text);
    if (body && !json_is_object(body)) {
        snprintf(why, REQUEST_WHY_MAX, "an object is expected");
        json_decref(body);
        return NULL;
    }
    return body;
}
