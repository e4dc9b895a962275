/* The script of a rehearsal: what reaches the world at which instant. One line each, `INSTANT VERB ARGS`, in the order
 * of time; # begins a comment; a blank is nothing. Verbs: drop SRC DEST     copies SRC under a temporary name beside
 * DEST and renames it: a whole file appears append SRC DEST   adds SRC's bytes behind those of DEST: a file that grows
 *     rename SRC DEST
 *     run COMMAND…      sh -c; must exit 0
 * Paths with spaces stand in double quotes; relative ones start at the script's folder. Pure. */
#ifndef DUBAN_CLI_SCRIPT_H
#define DUBAN_CLI_SCRIPT_H

#include "common/base/clock.h"
#include "common/base/error.h"

enum script_verb { SCRIPT_DROP, SCRIPT_APPEND, SCRIPT_RENAME, SCRIPT_RUN };

struct script_line {
    struct instant at;
    enum script_verb verb;
    char *source, *target; /* of files; of SCRIPT_RUN: source = the command, target NULL */
    unsigned line;         /* in the file, from 1 */
};
struct script {
    struct script_line *lines;
    size_t count, capacity;
};

/* false: findings tell all that is wrong. Wants script_finish either way. */
bool script_parse(const char *name, const char *text, struct script *out, struct findings *findings);
void script_finish(struct script *script);
const char *script_verb_name(enum script_verb verb);

#endif
