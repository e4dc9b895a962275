/* `duban-collector setup`: asks for what is not given by options, makes the key, writes a configuration, shows the
 * fingerprint to be read to the centre, tests the way there step by step (name, port, server key, permission), and
 * tries a file. May be run again at any time: nothing that exists is overwritten. */
#ifndef DUBAN_COLLECTOR_SETUP_H
#define DUBAN_COLLECTOR_SETUP_H

int setup_main(int argc, char **argv);

#endif
