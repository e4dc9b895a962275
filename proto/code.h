/* What can be wrong with bytes from outside: one closed list for the whole of proto/. The numbers of the codes that
 * travel (quarantine and ERROR codes) are fixed for ever in proto/README.md; these here are local. */
#ifndef DUBAN_PROTO_CODE_H
#define DUBAN_PROTO_CODE_H

enum proto_code {
    PROTO_OK = 0,
    PROTO_SYNTAX,        /* not the expected form */
    PROTO_RANGE,         /* the right form, a value out of bounds */
    PROTO_TRUNCATED,     /* ends too early */
    PROTO_TRAILING,      /* bytes after the end */
    PROTO_TOO_LARGE,     /* more bytes, items or depth than allowed */
    PROTO_NOT_CANONICAL, /* decodes, but not the one form that may be hashed */
    PROTO_VERSION,       /* a version not ours */
    PROTO_NO_SPACE,      /* the caller's buffer is too small */
};

/* A short English word for logs ("truncated"). Never NULL. */
const char *proto_code_name(enum proto_code code);

#endif
