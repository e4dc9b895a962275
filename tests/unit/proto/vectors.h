/* The golden vectors as the C tests see them: one vector a line in proto/vectors, found by its name. */
#ifndef DUBAN_TESTS_PROTO_VECTORS_H
#define DUBAN_TESTS_PROTO_VECTORS_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vector {
    char name[64];
    char line[8192];
    size_t len;
    uint8_t bytes[4096];
};

static inline size_t unhex(const char *hex, uint8_t *out, size_t cap) {
    size_t len = 0;
    unsigned value = 0;
    while (len < cap && sscanf(hex, "%2x", &value) == 1) {
        out[len++] = (uint8_t)value;
        hex += 2;
    }
    return len;
}

/* The next vector of an open file; false at the end. */
static inline bool vector_next(FILE *file, struct vector *out) {
    while (fgets(out->line, sizeof out->line, file)) {
        const char *hex = strstr(out->line, "\"hex\": \"");
        if (!hex || sscanf(out->line, "{\"name\": \"%63[^\"]", out->name) != 1) continue;
        out->len = unhex(hex + 8, out->bytes, sizeof out->bytes);
        return true;
    }
    return false;
}

static inline FILE *vectors_open(const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/proto/vectors/%s", DUBAN_SOURCE_DIR, name);
    FILE *file = fopen(path, "r");
    cr_assert(file, "%s", path);
    return file;
}

static inline struct vector vector_of(const char *file_name, const char *name) {
    struct vector v;
    FILE *file = vectors_open(file_name);
    while (vector_next(file, &v))
        if (strcmp(v.name, name) == 0) {
            fclose(file);
            return v;
        }
    fclose(file);
    cr_assert(false, "no vector %s in %s", name, file_name);
    return v;
}

static inline void expect_bytes(const char *name, const uint8_t *got, size_t len, const struct vector *want) {
    bool equal = len == want->len && memcmp(got, want->bytes, len) == 0;
    if (!equal) {
        fprintf(stderr, "%s: got  ", name);
        for (size_t i = 0; i < len; i++)
            fprintf(stderr, "%02x", got[i]);
        fprintf(stderr, "\n%s: want ", name);
        for (size_t i = 0; i < want->len; i++)
            fprintf(stderr, "%02x", want->bytes[i]);
        fprintf(stderr, "\n");
    }
    cr_expect(equal, "%s", name);
}

#endif
