/* Live updates: the last changes, which of them a browser that comes back has missed, and the text of each for a scope
 * (server-sent events). Names and tags only, never a figure. A pure core: no thread, no socket, no clock; its owner
 * locks it. */
#ifndef DUBAN_BOARD_STREAM_H
#define DUBAN_BOARD_STREAM_H

#include "services/board/snapshot.h"

enum { STREAM_RING = 1024, STREAM_COMMENT_MS = 15000 };

/* One change as one scope sees it. */
struct stream_frame {
    char *scope; /* key */
    struct blob *text;
};
struct stream_change {
    int64_t id;
    struct stream_frame *frames;
    size_t count;
};
struct stream_ring {
    struct stream_change changes[STREAM_RING]; /* by id, circular */
    size_t first, count;
    int64_t newest; /* id of the newest change */
    int64_t floor;  /* who has seen this one has missed nothing that is not in the ring */
};
void stream_ring_init(struct stream_ring *ring, int64_t newest);
void stream_ring_finish(struct stream_ring *ring);

/* What is being put into the next change: each resource of each scope. */
struct stream_draft {
    struct stream_draft_scope {
        char *scope;
        char *resources; /* the inside of a JSON object */
        size_t len;
    } * scopes;
    size_t count;
    bool failed;
};
void stream_draft_add(struct stream_draft *draft, const char *scope, const char *resource, const char *tag);
void stream_draft_finish(struct stream_draft *draft);

/* Ids only grow: change_no where it is newer than the last id, else one more. Empties the draft; a draft without
 * resources adds nothing. Gives the id of the newest change. */
int64_t stream_ring_add(struct stream_ring *ring, int64_t change_no, struct stream_draft *draft);

/* Where a reader of the stream stands. */
struct stream_place {
    int64_t seen; /* id of the last change it was given */
    bool reset;   /* it missed more than the ring holds: everything is to be read anew */
};
/* last_event_id: the header's value; NULL or "" = a new reader, who has just read everything. */
struct stream_place stream_begin(const struct stream_ring *ring, const char *last_event_id);
/* The next text for the scope behind the place, held for the caller; NULL = nothing new. Moves the place. */
struct blob *stream_next(const struct stream_ring *ring, const char *scope, struct stream_place *place);

/* The first lines of a stream: how long to wait before coming back. */
extern const char stream_hello[];
extern const char stream_comment[]; /* ": …\n\n" */

#endif
