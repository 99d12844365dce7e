/* N times one FWCTL_RPC of 16 bytes at scope 0, or FWCTL_INFO where the opcode is
 * "info"; prints the nanoseconds of one, run by run. The C side of vm_bench.ts
 * and of tests/kernel/bench.
 * usage: rpc_loop DEVICE OPCODE CAPACITY N RUNS */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

struct rpc {
	uint32_t size, scope, in_len, out_len;
	uint64_t in, out;
};

struct info {
	uint32_t size, flags, type, data_len;
	uint64_t data;
};

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc != 6)
		return 2;
	int fd = open(argv[1], O_RDWR);
	int info = !strcmp(argv[2], "info");
	unsigned opcode = strtoul(argv[2], 0, 0);
	unsigned capacity = strtoul(argv[3], 0, 0);
	int n = atoi(argv[4]);
	unsigned char request[16] = { opcode >> 8, opcode };
	if (fd < 0)
		return 3;
	for (int run = atoi(argv[5]); run > 0; run--) {
		double start = now();
		for (int i = 0; info && i < n; i++) {
			unsigned char data[64] = { 0 };
			struct info info = { sizeof(info), 0, 0, sizeof(data),
					     (uintptr_t)data };
			if (ioctl(fd, 0x9a00, &info))
				return 4;
		}
		for (int i = 0; !info && i < n; i++) {
			unsigned char *response = calloc(1, capacity);
			struct rpc rpc = { sizeof(rpc), 0, sizeof(request), capacity,
					   (uintptr_t)request, (uintptr_t)response };
			if (ioctl(fd, 0x9a01, &rpc) || response[0])
				return 4;
			free(response);
		}
		printf("%g\n", (now() - start) / n);
	}
	return 0;
}
