import { defineTexts } from '../text.ts';

/** What the codes of the operating system mean; English says it in {reason} already. */
export const systemTexts = defineTexts({
  ENOENT: { en: '{reason}', zh: '文件或目录不存在（{reason}）' },
  EACCES: { en: '{reason}', zh: '权限不足（{reason}）' },
  EPERM: { en: '{reason}', zh: '操作不被允许（{reason}）' },
  ENOSPC: { en: '{reason}', zh: '磁盘空间不足（{reason}）' },
  EROFS: { en: '{reason}', zh: '文件系统只读（{reason}）' },
  EISDIR: { en: '{reason}', zh: '是目录（{reason}）' },
  ENOTDIR: { en: '{reason}', zh: '不是目录（{reason}）' },
  EBUSY: { en: '{reason}', zh: '设备忙（{reason}）' },
  ENODEV: { en: '{reason}', zh: '设备不存在（{reason}）' },
  EADDRINUSE: { en: '{reason}', zh: '地址已被占用（{reason}）' },
  EADDRNOTAVAIL: { en: '{reason}', zh: '地址不属于本机（{reason}）' },
  ECONNREFUSED: { en: '{reason}', zh: '连接被拒绝（{reason}）' },
  ECONNRESET: { en: '{reason}', zh: '连接被重置（{reason}）' },
  ETIMEDOUT: { en: '{reason}', zh: '连接超时（{reason}）' },
  EHOSTUNREACH: { en: '{reason}', zh: '主机不可达（{reason}）' },
  ENETUNREACH: { en: '{reason}', zh: '网络不可达（{reason}）' },
  ENOTFOUND: { en: '{reason}', zh: '无法解析主机名（{reason}）' },
  EPIPE: { en: '{reason}', zh: '连接已断开（{reason}）' },
});
