/* The addresses there are. Each names its methods, its resource (what scope.c says who may read) and the parameters it
 * takes; what is not in the table does not exist, and a resource that scope.c does not know nobody may read. Pure. */
#ifndef DUBAN_BOARD_ROUTE_H
#define DUBAN_BOARD_ROUTE_H

#include "common/base/clock.h"
#include "services/board/problem.h"
#include "services/board/request.h"

enum route_kind {
    ROUTE_PAGE,     /* the one HTML page, whatever it shows */
    ROUTE_ASSET,    /* /a/NAME, and the icon */
    ROUTE_DOCUMENT, /* a document of /api/v1 */
    ROUTE_EVENTS,   /* /api/v1/events */
    ROUTE_SESSION,  /* /api/v1/session */
    ROUTE_ACTION,   /* /api/v1/actions/VERB */
    ROUTE_HEALTH,
    ROUTE_READY,
    ROUTE_METRICS,
};
enum route_document {
    DOCUMENT_OVERVIEW,
    DOCUMENT_AREA,
    DOCUMENT_TASK,
    DOCUMENT_UNIT,
    DOCUMENT_TARGET,
    DOCUMENT_SERIES,
    DOCUMENT_ALERTS,
    DOCUMENT_FEEDS,
    DOCUMENT_FILE,
    DOCUMENT_QUARANTINE,
    DOCUMENT_EXPLAIN,
    DOCUMENT_PLAN,
    DOCUMENTS,
};
enum { METHOD_READ = 1 << REQUEST_GET | 1 << REQUEST_HEAD, METHOD_POST = 1 << REQUEST_POST, METHOD_DELETE = 1 << REQUEST_DELETE };
enum route_parameter {
    TAKES_MOMENT = 1,    /* as_of, known_at */
    TAKES_PAGE = 1 << 1, /* after, limit */
    TAKES_AREA = 1 << 2,
    TAKES_STATE = 1 << 3,
    TAKES_LEVEL = 1 << 4, /* under, of the overview of many areas: a province or a city of them */
    TAKES_ANY = 1 << 5,   /* a page reads its own parameters */
};

struct route {
    const char *pattern; /* parts with '/' between; a part '*' is any one text */
    enum route_kind kind;
    unsigned methods;        /* METHOD_… */
    const char *resource;    /* as scope_may_read knows it; NULL = for everybody: pages, assets, health */
    unsigned takes;          /* TAKES_… */
    enum route_document document;
    enum problem_kind unknown; /* what ERROR_NOT_FOUND of its document is */
    bool on_demand;            /* never kept up to date: computed when asked for */
};
extern const struct route routes[];
extern const size_t route_count;

/* NULL with *problem set: unknown, or not by this method (then *allowed holds the methods there are). */
const struct route *route_find(const struct request_line *line, enum request_method method, unsigned *allowed,
                               struct problem *problem);

/* --- what a document is asked for --- */

enum { ASK_TEXT_MAX = 160, ASK_WORD_MAX = 64, ASK_KEY_MAX = 1024, ASK_LIMIT_MAX = 200 };
struct ask {
    const struct route *route;
    char code[ASK_TEXT_MAX], area[ASK_WORD_MAX], state[ASK_WORD_MAX], after[ASK_TEXT_MAX], under[ASK_WORD_MAX]; /* "" = not given */
    size_t limit; /* 0 = not given */
    struct day as_of;        /* DAY_NONE = not given */
    struct instant known_at; /* INSTANT_NONE = not given */
};
static inline bool ask_is_past(const struct ask *ask) {
    return day_is(ask->as_of) || instant_is(ask->known_at);
}
/* Parts and parameters of a document's route; false with *problem set. */
bool ask_read(const struct route *route, const struct request_line *line, struct ask *out, struct problem *problem);
/* What pages and events call it: "areas/510823", "alerts?state=open"; the same question gives the same text. */
void ask_name(const struct ask *ask, char out[ASK_KEY_MAX]);

#endif
