import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const port = 5175;

export default defineConfig({
  plugins: [vue()],
  server: { port, strictPort: true },
  preview: { port, strictPort: true },
});
