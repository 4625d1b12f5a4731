// Device memory with one owner.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime_api.h>
#include <new>
#include <utility>

#include "cuda/check.hpp"

namespace nvfp4bench::cuda {

/// Uninitialised, aligned as cudaMalloc aligns (256 bytes at least).
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  explicit DeviceBuffer(std::size_t bytes) : bytes_(bytes) {
    if (bytes) check(cudaMalloc(&data_, bytes), "allocating device memory");
  }
  ~DeviceBuffer() { (void)cudaFree(data_); }
  DeviceBuffer(DeviceBuffer&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  uint8_t* data() const { return static_cast<uint8_t*>(data_); }
  std::size_t bytes() const { return bytes_; }

  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// A T in host memory that kernels reach under the same address (unified addressing).
template <class T>
class HostShared {
 public:
  HostShared() {
    void* data = nullptr;
    check(cudaHostAlloc(&data, sizeof(T), cudaHostAllocMapped), "allocating memory that the device shares");
    value_ = new (data) T;
  }
  ~HostShared() { (void)cudaFreeHost(value_); }
  HostShared(const HostShared&) = delete;
  HostShared& operator=(const HostShared&) = delete;

  T* get() const { return value_; }
  T* operator->() const { return value_; }

 private:
  T* value_ = nullptr;
};

}  // namespace nvfp4bench::cuda
