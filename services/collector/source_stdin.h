/* The command `duban-collector take --config FILE [--source NAME] [--once] < DOCUMENT`: one document from the standard
 * input into the spool, for cron. It is the spool's owner while it runs; where an agent runs it takes nothing and says
 * so. --once also sends what the spool holds to the centre: a whole run of an agent in one command. */
#ifndef DUBAN_COLLECTOR_SOURCE_STDIN_H
#define DUBAN_COLLECTOR_SOURCE_STDIN_H

/* What cron sees. */
enum take_exit {
    TAKE_EXIT_DONE = 0,    /* taken, or 已收过, or 无变化: it is in the spool and will reach the centre */
    TAKE_EXIT_REFUSED = 1, /* taken but for refused rows; or refused as a whole. Mend it, take it again */
    TAKE_EXIT_USAGE = 2,   /* command line or configuration */
    TAKE_EXIT_IN_USE = 3,  /* an agent runs and owns the spool: nothing was taken */
    TAKE_EXIT_LATER = 4,   /* the spool is full or cannot be written: nothing was taken, take the same again */
};

int take_main(int argc, char **argv);

#endif
