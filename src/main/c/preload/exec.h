/* The environment of the programs that this process starts. */
#ifndef SOCKETBOX_EXEC_H
#define SOCKETBOX_EXEC_H

/*
 * Takes the library and its settings out of this process's own environment, which system(3) and popen(3) hand on by
 * themselves. execve() and its kin put them back where a new program needs them. Leaves errno as it was.
 */
void exec_clean_environment(void);

#endif
