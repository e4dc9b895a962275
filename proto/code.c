#include "proto/code.h"

const char *proto_code_name(enum proto_code code) {
    switch (code) {
    case PROTO_OK:
        return "ok";
    case PROTO_SYNTAX:
        return "not the expected form";
    case PROTO_RANGE:
        return "out of range";
    case PROTO_TRUNCATED:
        return "truncated";
    case PROTO_TRAILING:
        return "bytes after the end";
    case PROTO_TOO_LARGE:
        return "too large";
    case PROTO_NOT_CANONICAL:
        return "not canonical";
    case PROTO_VERSION:
        return "unknown magic or version";
    case PROTO_NO_SPACE:
        return "no space";
    }
    return "unknown";
}
