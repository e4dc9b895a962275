/* Migrations: files NNNN_NAME.sql of one folder, in order, each in its own transaction, all under one advisory lock. A
 * file that has been applied must not have changed since (BLAKE2b-256 of its bytes is kept). The first run records the
 * kind of the installation; later runs must ask for the same. Needs the database's owner. */
#ifndef DUBAN_STORE_MIGRATE_H
#define DUBAN_STORE_MIGRATE_H

#include "common/store/session.h"

enum { MIGRATION_NEWEST = 8 }; /* the schema this code speaks */

struct migration_report {
    unsigned applied; /* now */
    unsigned version; /* of the database afterwards */
};

/* told (may be NULL) is called before each file. ERROR_CONFLICT: a changed or missing file, another kind. */
__attribute__((warn_unused_result)) enum error_code
migrate(struct pg *pg, const char *folder, enum installation_kind kind,
        void (*told)(void *context, unsigned number, const char *name), void *context, struct migration_report *report,
        struct error *err);

#endif
