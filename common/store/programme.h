/* Programmes and the versions of their plans. A version keeps the texts it was read from, whole: the same reader reads
 * them again, as known at any instant. Saving makes the registry rows (areas, targets and tasks) and the cells with
 * their current state and their place in the due queue. */
#ifndef DUBAN_STORE_PROGRAMME_H
#define DUBAN_STORE_PROGRAMME_H

#include "common/domain/plan.h"
#include "common/store/session.h"
#include "proto/chain.h"

enum { PROGRAMME_CODE_MAX = 33 };

struct programme {
    int32_t id;
    char code[PROGRAMME_CODE_MAX];
    char *title; /* heap */
    bool trial;
};
struct programmes {
    struct programme *items; /* by code */
    size_t count;
};
__attribute__((warn_unused_result)) enum error_code programmes_read(struct pg *pg, struct programmes *out,
                                                                    struct error *err);
void programmes_finish(struct programmes *programmes);
/* code NULL = the only one; ERROR_NOT_FOUND names what there is, ERROR_USAGE when there are several and none is named. */
__attribute__((warn_unused_result)) enum error_code programme_find(struct pg *pg, const char *code,
                                                                   struct programme *out, struct error *err);
void programme_finish(struct programme *programme);
__attribute__((warn_unused_result)) enum error_code programme_set_trial(struct pg *pg, int32_t programme, bool trial,
                                                                        struct error *err);

struct plan_save {
    const struct plan *plan; /* read from `texts` without errors */
    const struct plan_text *texts;
    size_t text_count;
    struct instant loaded_at;
    const char *loaded_by;
    bool trial; /* of a programme that is new */
};
struct plan_saved {
    int32_t programme, version;
    bool unchanged; /* the newest version has the same texts: nothing was done */
    bool first;     /* the programme is new */
    size_t cells, retired;
};
/* Its own transaction, all or nothing; NOTIFY duban_plan and duban_wake. Every cell's light is due at loaded_at. */
__attribute__((warn_unused_result)) enum error_code plan_save(struct pg *pg, const struct plan_save *save,
                                                              struct plan_saved *out, struct error *err);
/* BLAKE2b-256 over roles, names and bytes, in order. */
struct chain_hash plan_texts_hash(const struct plan_text *texts, size_t count);

struct plan_version {
    int32_t version;
    struct chain_hash hash;
    struct instant loaded_at;
    char *loaded_by, *document; /* heap; document NULL = none */
};
struct plan_versions {
    struct plan_version *items; /* oldest first */
    size_t count;
};
__attribute__((warn_unused_result)) enum error_code plan_versions_read(struct pg *pg, int32_t programme,
                                                                       struct plan_versions *out, struct error *err);
void plan_versions_finish(struct plan_versions *versions);

/* The plan as it stood at an instant, with the history of its dates and goals applied. */
struct stored_plan {
    struct plan *plan;
    struct plan **older; /* oldest first */
    size_t older_count;
    int32_t programme, version;
    struct instant loaded_at;
};
/* known_at INSTANT_NONE = the newest. ERROR_NOT_FOUND: no version was loaded by then. */
__attribute__((warn_unused_result)) enum error_code stored_plan_read(struct pg *pg, int32_t programme,
                                                                     struct instant known_at, struct stored_plan *out,
                                                                     struct error *err);
void stored_plan_finish(struct stored_plan *stored);
/* The texts of one version (plan export). *texts is to be freed; names and bytes live in *memory. */
__attribute__((warn_unused_result)) enum error_code plan_texts_read(struct pg *pg, int32_t programme, int32_t version,
                                                                    struct plan_text **texts, size_t *count,
                                                                    struct buffer *memory, struct error *err);

#endif
