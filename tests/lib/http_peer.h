/* The scripted server of http_server.py, for as long as a group of tests runs. */
#ifndef TESTS_HTTP_PEER_H
#define TESTS_HTTP_PEER_H

struct http_peer {
	char *folder; /* with its certificates: ca.pem is the authority */
	char *ca_file;
	unsigned plain, other;				     /* ports: http */
	unsigned good, wrong, expired, selfsigned, stranger; /* https, by what its certificate is */
	unsigned mutual; /* wants a client's certificate of ca.pem: client.pem and client.key */
	unsigned old;	 /* TLS 1.0 and 1.1 only */
	int input;
	long pid;
};

void http_peer_start(struct http_peer *p);
void http_peer_stop(struct http_peer *p);
/* "http://127.0.0.1:PORT/PATH", or https but for the plain ports. To be freed. */
char *http_peer_url(const struct http_peer *p, unsigned port, const char *path);

#endif
