"""What we use of Xen's C libraries, as C declarations; must not load anything.

Source: libxenvchan.h, xen/io/libxenvchan.h, xengnttab.h, xenstore.h of Xen 4.17. A struct is declared up to the last
field that we read, and never made by us.
"""

from typing import Final

DECLARATIONS: Final = """
struct ring_shared { uint32_t cons; uint32_t prod; };
struct vchan_interface {
    struct ring_shared left;
    struct ring_shared right;
    uint16_t left_order;
    uint16_t right_order;
    uint8_t cli_live;
    uint8_t srv_live;
    uint8_t cli_notify;
    uint8_t srv_notify;
};
struct libxenvchan_ring { struct ring_shared *shr; void *buffer; int order; };
struct libxenvchan {
    void *memory;
    struct vchan_interface *ring;
    void *event;
    uint32_t event_port;
    int is_server:1;
    int server_persist:1;
    int blocking:1;
    struct libxenvchan_ring read;
    struct libxenvchan_ring write;
};
struct libxenvchan *libxenvchan_server_init(void *logger, int domain, const char *xs_path,
                                            size_t read_min, size_t write_min);
struct libxenvchan *libxenvchan_client_init(void *logger, int domain, const char *xs_path);
void libxenvchan_close(struct libxenvchan *ctrl);
int libxenvchan_read(struct libxenvchan *ctrl, void *data, size_t size);
int libxenvchan_write(struct libxenvchan *ctrl, const void *data, size_t size);
int libxenvchan_wait(struct libxenvchan *ctrl);
int libxenvchan_fd_for_select(struct libxenvchan *ctrl);
int libxenvchan_is_open(struct libxenvchan *ctrl);
int libxenvchan_data_ready(struct libxenvchan *ctrl);

void *xengnttab_open(void *logger, unsigned open_flags);
int xengnttab_close(void *xgt);
void *xengnttab_map_domain_grant_refs(void *xgt, uint32_t count, uint32_t domid, uint32_t *refs, int prot);
int xengnttab_unmap(void *xgt, void *start_address, uint32_t count);
void *xengntshr_open(void *logger, unsigned open_flags);
int xengntshr_close(void *xgs);
void *xengntshr_share_pages(void *xgs, uint32_t domid, int count, uint32_t *refs, int writable);
int xengntshr_unshare(void *xgs, void *start_address, uint32_t count);

void *xs_open(unsigned long flags);
void xs_close(void *xsh);
bool xs_watch(void *h, const char *path, const char *token);
int xs_fileno(void *h);
char **xs_check_watch(void *h);
bool xs_is_domain_introduced(void *h, unsigned int domid);
void *xs_read(void *h, uint32_t t, const char *path, unsigned int *len);
bool xs_rm(void *h, uint32_t t, const char *path);

void free(void *pointer);
"""
