#include "data/shared_memory.hpp"

#include <cerrno>
#include <fcntl.h>
#include <random>
#include <system_error>
#include <unistd.h>

#include <sys/mman.h>

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

namespace nvfp4bench::data {
namespace {

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

uint8_t* map(void* where, std::size_t size, int protection, int flags, int file) {
  void* const at = ::mmap(where, size, protection, flags, file, 0);
  if (at == MAP_FAILED) fail("mapping memory");
  return static_cast<uint8_t*>(at);
}

/// An address for a hint, another each time: what is mapped anew does not come to lie where it was. The system
/// takes another one where this is not free.
void* somewhere() {
  static std::mt19937_64 random(std::random_device{}());
  constexpr uint64_t kFirst = uint64_t{1} << 44;  // of 2^47 that a process has
  const uint64_t pages = random() % (kFirst / page_bytes());
  return reinterpret_cast<void*>(kFirst + pages * page_bytes());
}

}  // namespace

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Mapping::~Mapping() {
  if (data_) ::munmap(data_, size_);
}

SharedMemory::SharedMemory(std::size_t size, Access others)
    : file_(::memfd_create("nvfp4bench", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
  if (file_.get() < 0) fail("making shared memory");
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0) fail("sizing shared memory");
  if (size > 0) mapping_ = {map(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_.get()), size};
  int seals = F_SEAL_SHRINK | F_SEAL_GROW;
  if (others == Access::read) seals |= F_SEAL_FUTURE_WRITE;  // this mapping stays writable
  if (::fcntl(file_.get(), F_ADD_SEALS, seals) == 0) return;
  // Linux before 5.1 has no such seal; mappings for reading do not need it.
  if (errno != EINVAL || ::fcntl(file_.get(), F_ADD_SEALS, seals & ~F_SEAL_FUTURE_WRITE) != 0)
    fail("sealing shared memory");
}

Mapping map_guarded(int file, std::size_t size, Access access) {
  const std::size_t pages = (size + page_bytes() - 1) / page_bytes() * page_bytes();
  const std::size_t reserved = pages + 2 * kGuardSpaceBytes;
  Mapping mapping(map(somewhere(), reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1),
                  reserved);
  const int protection = access == Access::read ? PROT_READ : PROT_READ | PROT_WRITE;
  if (size > 0) map(mapping.data() + kGuardSpaceBytes, size, protection, MAP_SHARED | MAP_FIXED, file);
  return mapping;
}

std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return bytes;
}

void forbid(uint8_t* begin, std::size_t size) {
  if (::mprotect(begin, size, PROT_NONE) != 0) fail("making guard space");
}

}  // namespace nvfp4bench::data
