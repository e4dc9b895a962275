/* The board as a whole and what its threads share. The reader (the main thread) alone knows the database's present, makes
 * documents and publishes them; the HTTP thread answers from what is published and never waits; one more thread reads
 * moments of the past and explanations, one works off logins and actions. */
#ifndef DUBAN_BOARD_BOARD_H
#define DUBAN_BOARD_BOARD_H

#include "services/board/assets.h"
#include "services/board/job.h"
#include "services/board/metrics.h"
#include "services/board/settings.h"
#include "services/board/stream.h"

/* Under which the store keeps what the head of every body says, for the session's. */
#define BOARD_HEAD_KEY "head session"

struct http;
struct access;
struct board {
    const struct settings *settings;
    struct metrics metrics;
    struct assets assets; /* the HTTP thread's after start */
    struct store store;
    pthread_mutex_t lock; /* jobs */
    pthread_cond_t past_waits; /* a job of the past was begun, or stopping */
    struct jobs jobs;
    bool stopping;
    int wake_fd; /* eventfd: a live job was begun */
    struct http *http;
    struct access *access;
    /* what the reader says to the others */
    atomic_llong change;    /* number of the newest change read; -1 = nothing was read yet */
    atomic_llong read_at;   /* tick of the last good reading */
    atomic_llong away_since; /* real time, ms, of the last good reading before the database went away; 0 = it is there */
    atomic_llong domain_now; /* ms */
    atomic_bool dirty;      /* something changed that was not read because nobody was looking */
    atomic_bool rehearsal;  /* the kind of the installation */
    /* what the others say to the reader */
    atomic_llong asked_at; /* tick of the last request for a document */
    atomic_llong acted;    /* actions recorded here: each is a change, though the database counts no event by itself */
};

/* Wakes whoever works in that lane. */
void board_wake(struct board *board, enum job_lane lane);
/* Ends a job and gives its waiters their answer; any thread. rendering borrowed. */
void board_end_job(struct board *board, struct job *job, struct rendering *rendering, const struct problem *problem);
/* The key of a document: scope and name; past: with the change it was computed at. */
void board_key(struct board *board, const struct scope *scope, const struct ask *ask, bool past, char out[JOB_KEY_MAX]);

#endif
