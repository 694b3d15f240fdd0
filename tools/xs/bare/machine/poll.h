/* What the host takes of poll: the input of a bare chip is a file, so there is always something to read. */
#ifndef SPARROW_POLL_H
#define SPARROW_POLL_H

enum { POLLIN = 1 };

struct pollfd {
	int fd;
	short events;
	short revents;
};

int poll(struct pollfd* files, unsigned count, int timeoutMs);

#endif
