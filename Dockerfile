# Spoken Digit Lab in a container: docker build -t digits . && docker run --rm -p 127.0.0.1:8501:8501 -v digits:/data digits
# A microphone needs WebRTC's UDP to reach the container: the README's section "From elsewhere" says how.
FROM python:3.11-slim

# no root, so that a fault in a library that reads hostile files owns nothing
RUN useradd --create-home lab && mkdir /data && chown lab /data
WORKDIR /app

# first what changes seldom: a change of the code does not install everything again
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

COPY --chown=lab . .
USER lab
# what it writes lies in one folder: mount a volume there to keep it
ENV SPOKEN_DIGITS_HOME=/data PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# inside a container 127.0.0.1 is the container: -p above says who may reach it
CMD ["streamlit", "run", "dashboard.py", "--server.address=0.0.0.0", "--server.headless=true"]
