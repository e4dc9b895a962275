/* The documents of /api/v1: what the board knows of a resource, as JSON, for one scope. Each is made from the facts
 * alone; those marked “asks the database” read pages of the past through request->pg, in the transaction of the facts.
 *
 * The judgement is made here and never in the page: the order (worst first), the words, the reasons for what cannot be
 * said. Names and figures are those of `duban … --json`: one writer in common/report and common/store for both.
 *
 * NULL with *err set: ERROR_NOT_FOUND (unknown, or not this scope's: the same words), ERROR_USAGE (a parameter; its
 * name is err->place), ERROR_MEMORY, and for those that ask the database whatever it answered. The caller owns what is
 * returned. */
#ifndef DUBAN_BOARD_DOCUMENT_H
#define DUBAN_BOARD_DOCUMENT_H

#include <jansson.h>

#include "services/board/facts.h"
#include "services/board/scope.h"

enum { DOCUMENT_PAGE = 60, DOCUMENT_PAGE_MAX = 200 };

/* What was asked for beside the scope and the moment; all texts are borrowed, NULL = not given. */
struct document_request {
    const char *code;  /* areas/{code} tasks/{code} targets/{code} units/{name} feeds/{id} explain/{code}/… */
    const char *area;  /* explain/…/{area}; ?area= of series and alerts */
    const char *under; /* ?under= of overview: the first digits of a code, "51" or "5108", to go down a level */
    const char *state; /* ?state= of alerts: open promised suppressed resolved */
    const char *after; /* ?after= as the next link gave it */
    size_t limit;      /* ?limit=; 0 = DOCUMENT_PAGE */
    struct pg *pg;     /* of those that ask the database; else NULL */
};

typedef json_t *document_maker(const struct facts *facts, const struct scope *scope,
                               const struct document_request *request, struct error *err);

document_maker document_overview;   /* overview */
document_maker document_area;       /* areas/{code} */
document_maker document_task;       /* tasks/{code} */
document_maker document_unit;       /* units/{name} */
document_maker document_target;     /* targets/{code} */
document_maker document_series;     /* targets/{code}/series?area= */
document_maker document_alerts;     /* alerts?state=&area=&after=&limit=; asks the database for what is resolved, where
                                       it has one */
document_maker document_feeds;      /* feeds?after=&limit=; asks the database for its files */
document_maker document_file;       /* feeds/{id}; asks the database */
document_maker document_quarantine; /* quarantine?after=&limit=; asks the database */
document_maker document_explain;    /* explain/{code}/{area}; asks the database */
document_maker document_plan;       /* plan */

/* Reads the events that a document stands on, before it is made, where the facts are of what stands and have none
 * (present.h). Nothing for documents that need none, nor twice for the same cells. Asks the database. */
__attribute__((warn_unused_result)) enum error_code document_gather(struct facts *facts, document_maker *maker,
                                                                    const struct document_request *request,
                                                                    struct error *err);

/* The head of every body, the session's too: schema, known_at, complete_to, change (these move with every reading and
 * come first: a document that says the same after them did not change), resource, programme, as_of, past, plan_version,
 * rules_version, trial, sample. NULL without memory. */
json_t *document_envelope(const struct facts *facts, const char *resource);

#endif
