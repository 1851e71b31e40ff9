# Build: everything, with the same set-up that a clone has.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
RUN node scripts/run.mjs setup

# Dependencies of the server alone, without what only building and testing needs.
FROM build AS dependencies
RUN rm -rf node_modules apps/*/node_modules libs/*/node_modules e2e/node_modules bench/node_modules \
 && CI=true node .tools/node_modules/pnpm/bin/pnpm.mjs install --prod --frozen-lockfile --offline --filter '@waybill/api...'

# What runs: not root, and able to write only into /data.
FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Waybill" \
      org.opencontainers.image.description="A team's shared door to Docker: pull, tag and push together, seen live and on record." \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    WAYBILL_HOST=0.0.0.0 \
    WAYBILL_PORT=8080 \
    WAYBILL_DATA=/data
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=dependencies /app/package.json /app/LICENSE ./
COPY --from=dependencies /app/libs ./libs
COPY --from=dependencies /app/apps/api ./apps/api
COPY --from=build /app/apps/web/dist ./apps/web/dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.WAYBILL_PORT}/api/v1/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=4", "apps/api/dist/main.js"]
