#include "services/board/board.h"

#include <stdio.h>
#include <unistd.h>

#include "services/board/http.h"

void board_wake(struct board *board, enum job_lane lane) {
    if (lane == JOB_LIVE) {
        const uint64_t one = 1;
        ssize_t written = write(board->wake_fd, &one, sizeof one);
        (void)written; /* full: it is awake */
        return;
    }
    pthread_mutex_lock(&board->lock);
    pthread_cond_signal(&board->past_waits);
    pthread_mutex_unlock(&board->lock);
}

void board_end_job(struct board *board, struct job *job, struct rendering *rendering, const struct problem *problem) {
    pthread_mutex_lock(&board->lock);
    struct waiter *waiters = jobs_end(&board->jobs, job, rendering, problem);
    http_wake(waiters);
    pthread_mutex_unlock(&board->lock);
}

void board_key(struct board *board, const struct scope *scope, const struct ask *ask, bool past, char out[JOB_KEY_MAX]) {
    char name[ASK_KEY_MAX], who[SCOPE_KEY_MAX];
    ask_name(ask, name);
    scope_key(scope, who);
    if (past) snprintf(out, JOB_KEY_MAX, "%s %s @%lld", who, name, atomic_load(&board->change));
    else snprintf(out, JOB_KEY_MAX, "%s %s", who, name);
}
