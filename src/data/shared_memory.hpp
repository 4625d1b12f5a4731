// Memory that another process can map too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace nvfp4bench::data {

/// A file descriptor that is closed at the end.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~File();

  int get() const { return descriptor_; }

 private:
  int descriptor_ = -1;
};

/// Addresses of this process, unmapped at the end.
class Mapping {
 public:
  Mapping() = default;
  Mapping(uint8_t* data, std::size_t size) : data_(data), size_(size) {}
  Mapping(Mapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  Mapping& operator=(Mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~Mapping();

  uint8_t* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  uint8_t* data_ = nullptr;
  std::size_t size_ = 0;
};

enum class Access { read, read_write };

/// All zeros, page-aligned. The processes that map its file share what is in it; pages that were never
/// touched take no memory.
class SharedMemory {
 public:
  SharedMemory() = default;
  /// Others may map it for `others`. Throws std::system_error.
  SharedMemory(std::size_t size, Access others);

  uint8_t* data() const { return mapping_.data(); }
  std::size_t size() const { return mapping_.size(); }
  int file() const { return file_.get(); }

 private:
  File file_;
  Mapping mapping_;
};

/// Address space between and around what is mapped: whoever touches it dies of it. More than a page, since a
/// loop that runs too far may do so in strides.
inline constexpr std::size_t kGuardSpaceBytes = 64 * 1024;

/// `size` bytes of the shared memory behind `file`, kGuardSpaceBytes into the mapping, with guard space before
/// and after, at an address that nobody can foresee. Throws std::system_error.
Mapping map_guarded(int file, std::size_t size, Access access);

std::size_t page_bytes();

/// Turns addresses of a mapping, whole pages, into guard space. Throws std::system_error.
void forbid(uint8_t* begin, std::size_t size);

}  // namespace nvfp4bench::data
