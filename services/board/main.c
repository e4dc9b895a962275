/* duban-board: the wiring. */
#include <sodium.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/base/log.h"
#include "services/board/access.h"
#include "services/board/http.h"
#include "services/board/past.h"
#include "services/board/reader.h"

/* Whoever still waits is told that the board is going. */
static void end_jobs(struct board *board) {
    struct problem problem;
    problem_set(&problem, PROBLEM_BUSY, NULL, "几秒后再试", "看板正在重启");
    problem.retry_after_s = 5;
    for (unsigned lane = 0; lane < JOB_LANES; lane++)
        for (struct job *job; (job = jobs_take(&board->jobs, (enum job_lane)lane));)
            board_end_job(board, job, NULL, &problem);
}

static void stop(struct board *board, struct past **past) {
    pthread_mutex_lock(&board->lock);
    board->stopping = true;
    pthread_mutex_unlock(&board->lock);
    past_stop(past);
    access_close(&board->access); /* answers what waits for it */
    end_jobs(board);
    http_stop(&board->http);
    jobs_finish(&board->jobs);
    store_finish(&board->store);
    assets_finish(&board->assets);
    if (board->wake_fd >= 0) (void)close(board->wake_fd);
}

/* A live stream is a descriptor: as many as this user may have. */
static void raise_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit); /* if not: fewer streams */
}

static struct instant domain_now(void *context) {
    struct board *board = context;
    return (struct instant){atomic_load(&board->domain_now)};
}

/* Who has decided something finds it on the next page: what stands is read anew without waiting for the alerter. */
static void done(void *context, struct errand *errand) {
    struct board *board = context;
    if (*errand->verb && errand->status == 200) {
        atomic_fetch_add(&board->acted, 1);
        atomic_store(&board->dirty, true);
        board_wake(board, JOB_LIVE);
    }
    http_done(errand);
}

static enum error_code open_access(struct board *board, const struct clock *clock, struct error *err) {
    const struct settings *settings = board->settings;
    const struct access_settings access = {.database = settings->database,
                                           .programme = settings->programme,
                                           .office = settings->office.spool ? &settings->office : NULL,
                                           .clock = clock,
                                           .domain_now = domain_now,
                                           .by_header = settings->auth == AUTH_HEADER,
                                           .proxies = settings->proxies.items,
                                           .proxy_count = settings->proxies.count,
                                           .open_to_public = settings->open_to_public,
                                           .rehearsal_role = (enum role)settings->rehearsal_role,
                                           .stepped = settings->clock != NULL,
                                           .done = done,
                                           .context = board};
    return access_open(&access, &board->access, err);
}

/* Signals are blocked by the reader's loop before any thread starts. */
static enum error_code run(const struct settings *settings, struct error *err) {
    struct board board = {.settings = settings, .lock = PTHREAD_MUTEX_INITIALIZER, .past_waits = PTHREAD_COND_INITIALIZER,
                          .wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .change = -1};
    struct past *past = NULL;
    struct reader reader;
    store_init(&board.store);
    raise_descriptors();
    enum error_code code = assets_read(settings->assets, &board.assets, err);
    enum error_code opened = code ? code : reader_open(&reader, &board, err);
    if (!opened) code = open_access(&board, &reader.clock, err);
    if (!opened && !code) code = past_start(&board, &past, err);
    if (!opened && !code) code = http_start(&board, &board.http, err);
    if (!opened && !code) {
        log_info("started", "version=%s listen=%s", DUBAN_VERSION, settings->listen);
        code = reader_run(&reader, err);
    }
    stop(&board, &past);
    if (!opened) reader_finish(&reader);
    return code ? code : opened;
}

int main(int argc, char **argv) {
    struct config config;
    struct settings settings = {0};
    struct error err = {0};
    int status = 0;
    if (config_main(&config, &board_program, argc, argv, &settings, &status) == CONFIG_DONE) {
        config_finish(&config);
        return status;
    }
    log_init("duban-board", (enum log_level)settings.log_level, 2);
    if (sodium_init() < 0) error_set(&err, ERROR_IO, "libsodium cannot get random bytes from the kernel");
    if (err.code == ERROR_OK && run(&settings, &err) != ERROR_OK) log_failure(LOG_LEVEL_ERROR, "stopped", &err);
    config_finish(&config);
    return error_exit_status(err.code);
}
